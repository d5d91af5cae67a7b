"""Contact sheets to judge a run by eye: `python look.py vae` (pictures, reconstructions), `python look.py samples "a red cup" ...`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from data import Scenes, to_unit
from family import FAMILY
from denoise import loaded
from optimise import with_average
from train import REPOSITORY, WORK, average_of, load_vae
from unet import LATENT
from vae import VAE

PROMPTS = [
    "a red apple",
    "two blue stars",
    "three red apples",
    "four yellow cups on a tray",
    "a red ball left of a blue cube",
    "a red ball right of a blue cube",
    "a green cup above a pink coin",
    "a green cup below a pink coin",
    "two orange hearts and a white pear",
    "six purple coins",
]


def sheet(rows: list[Tensor], file: Path) -> None:
    """`rows`: float [columns, 3, height, width] in -1..1 each."""
    pixels = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)
    rounded = ((pixels.clamp(-1, 1) + 1) * 127.5).round().byte()
    Image.fromarray(rounded.permute(1, 2, 0).numpy()).save(file)


def reconstructions(scenes: Scenes, work: Path, count: int = 10) -> list[Tensor]:
    vae = VAE()
    vae = with_average(vae, torch.load(work / "vae.checkpoint", weights_only=True)["average"])
    chosen = [i for i in range(0, len(scenes), 97)][: 3 * count]
    rows = []
    for start in range(0, len(chosen), count):
        pictures = to_unit(torch.from_numpy(np.stack([scenes.picture(i) for i in chosen[start : start + count]])))
        rows += [pictures, vae.decoder(vae.encoder(pictures).chunk(2, dim=1)[0])]
    return rows


def samples(
    name: str, scenes: Scenes, work: Path, prompts: list[str], columns: int, guidance: float, steps: int
) -> list[Tensor]:
    model = FAMILY[name]
    vae, objective = load_vae(work), model.objective()
    denoiser = loaded(model, scenes, average_of(work / f"{name}.checkpoint"), REPOSITORY / "models")
    rows = []
    for prompt in prompts:
        cond, uncond = (
            denoiser.text_encoder(torch.tensor([scenes.tokenizer.encode(text)] * columns)) for text in (prompt, "")
        )
        text = torch.cat([uncond, cond])

        def predict(x: Tensor, timestep: Tensor) -> Tensor:
            without, given = denoiser.unet(torch.cat([x, x]), timestep, text).chunk(2)
            return without + guidance * (given - without)

        noise = torch.randn(columns, *model.image.shape, generator=torch.Generator().manual_seed(0))
        state = objective.sample(predict, noise, steps)
        rows.append(vae.decoder(state) if model.image == LATENT else state)
    return rows


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["vae", "samples"])
    parser.add_argument("prompts", nargs="*", default=PROMPTS)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--model", choices=FAMILY, default="tray")
    parser.add_argument("--scenes", type=Path, help="default: WORK/scenes")
    parser.add_argument("--out", type=Path, default=Path("sheet.png"))
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--steps", type=int, default=25)
    args = parser.parse_args()
    scenes = Scenes(args.scenes or args.work / "scenes")
    if args.what == "vae":
        sheet(reconstructions(scenes, args.work), args.out)
    else:
        sheet(samples(args.model, scenes, args.work, args.prompts, args.columns, args.guidance, args.steps), args.out)


if __name__ == "__main__":
    main()
