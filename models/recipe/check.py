"""What the trained network answers to one question, so that whoever runs the exported graphs can compare.

The questions are not stored: noise is `torch.manual_seed(SEED)` and `torch.randn`, which Daguerre draws bit for bit.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from clip import Clip
from data import MOST_OBJECTS, WordTokenizer
from denoise import Denoiser, phrase_embeds
from text_encoder import TEXT_DIM
from vae import LATENT_CHANNELS, VAE

FILE = "check.safetensors"
PROMPT = "a red apple left of a blue cup"
BOXES = {"red apple": (0.125, 0.25, 0.375, 0.5), "blue cup": (0.625, 0.25, 0.875, 0.5)}
SEED, TIMESTEP = 7, 500.0
CORNER = 32  # of decoded pictures, which are large


def noise(*shape: int) -> Tensor:
    return torch.randn(1, *shape, generator=torch.Generator().manual_seed(SEED))


@torch.no_grad()
def answers(network: nn.Module, tokenizer: WordTokenizer | None, picture_size: int) -> dict[str, Tensor]:
    """By the names of the graphs' outputs, in float32; of a decoded picture the upper left corner."""
    if isinstance(network, VAE):
        side = picture_size // network.factor
        return {
            "latent_parameters": network.encoder(noise(3, picture_size, picture_size).clamp(-1, 1)),
            "sample": network.decoder(noise(LATENT_CHANNELS, side, side))[..., :CORNER, :CORNER],
        }
    ids = torch.tensor([tokenizer.encode(PROMPT)])
    if isinstance(network, Clip):
        pixels = noise(3, picture_size, picture_size).clamp(-1, 1)
        return {"text_embeds": network.text_encoder(ids)[1], "image_embeds": network.image_encoder(pixels)}
    grounding = ()
    if network.position_net is not None:
        embeds, boxes, masks = (torch.zeros(1, MOST_OBJECTS, *of) for of in ((TEXT_DIM,), (4,), ()))
        embeds[0, : len(BOXES)] = phrase_embeds(list(BOXES), network, tokenizer)
        boxes[0, : len(BOXES)] = torch.tensor(list(BOXES.values()))
        masks[0, : len(BOXES)] = 1
        grounding = embeds, boxes, masks
    return {"denoiser": network(noise(*network.unet.image.shape), torch.tensor(TIMESTEP), ids, grounding)}


def write(folder: Path, picture_size: int, *networks: Denoiser | VAE | Clip, tokenizer: WordTokenizer | None = None) -> None:
    """check.safetensors, with the question in its metadata."""
    tensors = {name: tensor for network in networks for name, tensor in answers(network, tokenizer, picture_size).items()}
    boxes = ";".join(f"{phrase}@{','.join(map(str, box))}" for phrase, box in BOXES.items())
    metadata = {"prompt": PROMPT, "boxes": boxes, "seed": str(SEED), "timestep": str(TIMESTEP)}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / FILE, metadata)
