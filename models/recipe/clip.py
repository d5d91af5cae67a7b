"""A text encoder and a picture encoder that agree: what belongs together points the same way.

Radford et al. 2021, arXiv:2103.00020: within a batch each picture must find its own caption and each caption its own
picture, by the cosine of their vectors times a learned factor.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from data import Scenes, to_unit
from optimise import Loss
from text_encoder import EOS_ID, TEXT_DIM, TextEncoder

EMBEDDING_DIM = 64
BATCH = 128
LARGEST_SCALE = 100.0


class ClipTextEncoder(nn.Module):
    """input_ids int64 [batch, tokens] -> last_hidden_state [batch, tokens, 128], text_embeds [batch, 64] of length 1.

    The embedding is read from <eos>, which comes after all words and sees them.
    """

    def __init__(self, vocabulary: int, tokens: int):
        super().__init__()
        self.text_model = TextEncoder(vocabulary, tokens)
        self.text_projection = nn.Linear(TEXT_DIM, EMBEDDING_DIM, bias=False)

    def forward(self, input_ids: Tensor) -> tuple[Tensor, Tensor]:
        states = self.text_model(input_ids)
        last = (input_ids == EOS_ID).float()[:, :, None]
        return states, F.normalize(self.text_projection((states * last).sum(dim=1)), dim=-1)


class ImageEncoder(nn.Module):
    """pixel_values [batch, 3, 128, 128] in -1..1 -> image_embeds [batch, 64] of length 1.

    The last map is flattened, not averaged: left and right must stay apart.
    """

    def __init__(self):
        super().__init__()
        widths = (32, 48, 64, 64)
        self.conv_in = nn.Conv2d(3, widths[0], 4, stride=4)
        self.blocks = nn.Sequential(
            *[
                nn.Sequential(nn.GroupNorm(8, a), nn.SiLU(), nn.Conv2d(a, b, 3, stride=2, padding=1))
                for a, b in zip(widths, widths[1:])
            ]
        )
        self.norm_out = nn.GroupNorm(8, widths[-1])
        self.visual_projection = nn.Linear(widths[-1] * 4 * 4, EMBEDDING_DIM, bias=False)

    def forward(self, pixel_values: Tensor) -> Tensor:
        x = F.silu(self.norm_out(self.blocks(self.conv_in(pixel_values))))
        return F.normalize(self.visual_projection(x.flatten(1)), dim=-1)


class Clip(nn.Module):
    def __init__(self, text_encoder: ClipTextEncoder):
        super().__init__()
        self.text_encoder = text_encoder
        self.image_encoder = ImageEncoder()
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, pixels: Tensor, ids: Tensor) -> Tensor:
        """How well each picture fits each caption: [pictures, captions]."""
        scale = self.logit_scale.exp().clamp(max=LARGEST_SCALE)
        return scale * self.image_encoder(pixels) @ self.text_encoder(ids)[1].T


def contrastive_loss(scenes: Scenes, device: torch.device) -> Loss:
    """Captions that say the same belong to each other's pictures too."""
    ids = scenes.captions(canonical=True).ids

    def loss(clip: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        scene = torch.randint(len(scenes), (BATCH,), generator=generator)
        pixels = to_unit(torch.stack([torch.from_numpy(scenes.picture(i).copy()) for i in scene.tolist()]))
        same = (ids[scene][:, None] == ids[scene][None]).all(dim=2).float().to(device)
        wanted = same / same.sum(dim=1, keepdim=True)
        with torch.autocast(device.type, torch.bfloat16):
            logits = clip(pixels.to(device), ids[scene].to(device))
        value = 0.5 * (F.cross_entropy(logits.float(), wanted) + F.cross_entropy(logits.float().T, wanted))
        found = same[torch.arange(BATCH), logits.argmax(dim=1)].mean()
        return value, {"loss": value.detach(), "own caption found": found.detach()}

    return loss
