"""Train a model of Daguerre: `python train.py tray`. The README beside this file says what it does and how long it takes."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from data import RELATION, Scenes, count, swapped, to_unit
from export import export
from noise_schedule import TRAIN_STEPS, NoiseSchedule
from optimise import optimise, with_average
from supervision import attention_loss
from text_encoder import TextEncoder
from unet import UNet
from vae import LATENT_CHANNELS, VAE

REPOSITORY = Path(__file__).resolve().parents[2]
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")

VAE_STEPS, VAE_PEAK = 8_000, 1e-3
FULL_PICTURES_FROM = 0.75  # of the steps: 64x64 crops before (their cost is a quarter), whole pictures after
UNET_STEPS, UNET_PEAK = 10_000, 8e-4
BATCH = 64
CAPTION_DROPOUT = 0.12
CANONICAL_UNTIL, PLAIN_FROM, EVEN_FROM = 0.6, 0.75, 0.9
# What is learned last is drawn more often: order first (scenes with a relation), small counts from PLAIN_FROM on, and the
# high noise at which both are decided. From EVEN_FROM on scenes and timesteps are drawn evenly.
EXTRA_SHARE = 0.35
LAYOUT_SHARE, LAYOUT_FROM = 0.5, 600
SUPERVISION = 0.1
GATE_STEPS = 250


def half_precision() -> torch.autocast:
    return torch.autocast(DEVICE.type, torch.bfloat16)


class Denoiser(nn.Module):
    """The two networks that learn together."""

    def __init__(self, vocabulary: int):
        super().__init__()
        self.text_encoder = TextEncoder(vocabulary)
        self.unet = UNet()

    def forward(self, x: Tensor, t: Tensor, ids: Tensor) -> Tensor:
        return self.unet(x, t, self.text_encoder(ids))


def train_vae(scenes: Scenes, steps: int, seed: int, checkpoint: Path) -> VAE:
    covered = scenes.masks().amax(dim=1, keepdim=True) > 0

    def loss(vae: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        batch, size = (32, 64) if step < FULL_PICTURES_FROM * steps else (8, 128)
        scene = torch.randint(len(scenes), (batch,), generator=generator)
        corner = 8 * torch.randint((128 - size) // 8 + 1, (batch, 2), generator=generator)
        crops, foreground = [], []
        for i, (top, left) in zip(scene.tolist(), corner.tolist()):
            crops.append(torch.from_numpy(scenes.picture(i)[top : top + size, left : left + size].copy()))
            foreground.append(covered[i, :, top // 8 : (top + size) // 8, left // 8 : (left + size) // 8])
        noise = torch.randn(batch, LATENT_CHANNELS, size // 8, size // 8, generator=generator)
        pixels = F.interpolate(torch.stack(foreground).float(), scale_factor=8)
        with half_precision():
            return vae.loss(to_unit(torch.stack(crops)).to(DEVICE), pixels.to(DEVICE), noise.to(DEVICE))

    torch.manual_seed(seed)
    return optimise(VAE().to(DEVICE), loss, steps=steps, peak=VAE_PEAK, seed=seed, checkpoint=checkpoint)


@torch.no_grad()
def encode(vae: VAE, scenes: Scenes) -> Tensor:
    """The means of all scenes' latents, brought to mean 0 and standard deviation 1 a channel, and the VAE with them."""
    means = []
    for start in range(0, len(scenes), 100):
        pictures = torch.stack([torch.from_numpy(scenes.picture(i).copy()) for i in range(start, min(start + 100, len(scenes)))])
        means.append(vae.encoder(to_unit(pictures).to(DEVICE)).chunk(2, dim=1)[0].cpu())
    latents = torch.cat(means)
    mean, std = latents.mean(dim=(0, 2, 3)), latents.std(dim=(0, 2, 3))
    vae.whiten(mean.to(DEVICE), std.to(DEVICE))
    return (latents - mean[:, None, None]) / std[:, None, None]


def canonical_share(progress: float) -> float:
    """All captions canonical up to 60 % of the steps, none from 75 % on.

    Which object stands left is the mention order XOR the relation word: each cue alone says nothing, so nothing pulls
    the net towards both. With one order only ("A left of B" for "B right of A") the order is learned first.
    """
    return min(1.0, max(0.0, (PLAIN_FROM - progress) / (PLAIN_FROM - CANONICAL_UNTIL)))


def train_denoiser(scenes: Scenes, latents: Tensor, steps: int, seed: int, checkpoint: Path) -> Denoiser:
    plain, canonical = scenes.captions(canonical=False), scenes.captions(canonical=True)
    masks, schedule = scenes.masks(), NoiseSchedule(DEVICE)
    relations = torch.tensor([i for i, row in enumerate(scenes.rows) if row["kind"] == "relation"])
    few = torch.tensor([i for i, row in enumerate(scenes.rows) if row["kind"] == "count" and count(row) <= 3])
    unconditional = torch.tensor(scenes.tokenizer.encode(""))
    gate = OrderGate(scenes, latents)

    def loss(denoiser: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        if step % GATE_STEPS == 0:
            print(f"order gate at {step}: {gate(denoiser):+.3%}", flush=True)
        extra = relations if step < PLAIN_FROM * steps else few
        uneven = step < EVEN_FROM * steps
        scene = torch.where(
            torch.rand(BATCH, generator=generator) < EXTRA_SHARE * uneven,
            extra[torch.randint(len(extra), (BATCH,), generator=generator)],
            torch.randint(len(latents), (BATCH,), generator=generator),
        )
        rewrite = torch.rand(BATCH, 1, generator=generator) < canonical_share(step / steps)
        dropped = torch.rand(BATCH, 1, generator=generator) < CAPTION_DROPOUT
        t = torch.where(
            torch.rand(BATCH, generator=generator) < LAYOUT_SHARE * uneven,
            torch.randint(LAYOUT_FROM, TRAIN_STEPS, (BATCH,), generator=generator),
            torch.randint(TRAIN_STEPS, (BATCH,), generator=generator),
        ).to(DEVICE)
        noise = torch.randn(BATCH, *latents.shape[1:], generator=generator).to(DEVICE)
        ids = torch.where(rewrite, canonical.ids[scene], plain.ids[scene]).where(~dropped, unconditional)
        groups = torch.where(rewrite, canonical.groups[scene], plain.groups[scene]).where(~dropped, 0)
        x, velocity = schedule.noised(latents[scene].to(DEVICE), noise, t)
        with half_precision():
            predicted = denoiser(x, t.float(), ids.to(DEVICE)).float()
        error = F.mse_loss(predicted, velocity)
        maps = [attention.probs for attention in denoiser.unet.cross_attentions()]
        attention = attention_loss(maps, groups.long().to(DEVICE), masks[scene].to(DEVICE).float() / 255)
        return error + SUPERVISION * attention, {"v": error.detach(), "attention": attention.detach()}

    torch.manual_seed(seed)
    denoiser = Denoiser(len(scenes.index["vocabulary"])).to(DEVICE)
    for attention in denoiser.unet.cross_attentions():
        attention.record = True
    return optimise(denoiser, loss, steps=steps, peak=UNET_PEAK, seed=seed, checkpoint=checkpoint)


class OrderGate:
    """Does the caption's order decide the picture? By how much the error of x0 at t = T grows when A and B change places.

    Needs no sampling. Below 0.15 % nothing is learned; a run that will learn left and right shows more than 1 % early.
    """

    def __init__(self, scenes: Scenes, latents: Tensor, size: int = 256):
        chosen = [i for i, row in enumerate(scenes.rows) if RELATION.search(row["canonical"])][:size]
        captions = [scenes.rows[i]["canonical"] for i in chosen]
        self.x0 = latents[chosen].to(DEVICE)
        self.noise = torch.randn(self.x0.shape, generator=torch.Generator().manual_seed(0)).to(DEVICE)
        self.true = torch.tensor([scenes.tokenizer.encode(c) for c in captions]).to(DEVICE)
        self.false = torch.tensor([scenes.tokenizer.encode(swapped(c)) for c in captions]).to(DEVICE)

    @torch.no_grad()
    def __call__(self, denoiser: nn.Module) -> float:
        t = torch.full((len(self.x0),), TRAIN_STEPS - 1.0, device=DEVICE)
        with half_precision():
            true, false = (F.mse_loss(-denoiser(self.noise, t, ids).float(), self.x0) for ids in (self.true, self.false))
        return float(false / true - 1)


def load(scenes: Scenes, work: Path) -> tuple[VAE, Denoiser]:
    """The whitened autoencoder, and the denoiser with the moving average of its latest checkpoint, trained out or not."""
    vae, denoiser = VAE(), Denoiser(len(scenes.index["vocabulary"]))
    vae.load_state_dict(torch.load(work / "vae.pt", weights_only=True))
    state = torch.load(work / "unet.checkpoint", weights_only=True)
    return vae.eval(), with_average(denoiser, state["average"]).eval()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a model of Daguerre. A run that was stopped goes on where it was.")
    parser.add_argument("model", choices=["tray"])
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".daguerre/train/tray", help="scenes, checkpoints, latents")
    parser.add_argument("--scenes", type=Path, help="what ./daguerre scenes drew (default: WORK/scenes)")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "models/tray", help="the model folder to write")
    parser.add_argument("--vae-steps", type=int, default=VAE_STEPS)
    parser.add_argument("--unet-steps", type=int, default=UNET_STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--export-only", action="store_true", help="export the latest checkpoint, trained out or not")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    folder = args.scenes or args.work / "scenes"
    if not (folder / "scenes.json").exists():
        sys.exit(f"{folder} has no scenes. Draw them: ./daguerre scenes --count 40000 --seed 1 --out {folder}")
    scenes = Scenes(folder)
    args.work.mkdir(parents=True, exist_ok=True)
    if not args.export_only:
        started = time.monotonic()
        if not (args.work / "latents.pt").exists():
            vae = train_vae(scenes, args.vae_steps, args.seed, args.work / "vae.checkpoint")
            latents = encode(vae, scenes)
            torch.save(vae.state_dict(), args.work / "vae.pt")
            torch.save(latents, args.work / "latents.pt")
        latents = torch.load(args.work / "latents.pt", weights_only=True)
        train_denoiser(scenes, latents, args.unet_steps, args.seed, args.work / "unet.checkpoint")
        print(f"trained in {(time.monotonic() - started) / 60:.0f} minutes", flush=True)
    vae, denoiser = load(scenes, args.work)
    report = export(vae, denoiser.text_encoder, denoiser.unet, scenes.tokenizer.ids, args.out)
    for component, figures in report.items():
        print(component, figures)


if __name__ == "__main__":
    main()
