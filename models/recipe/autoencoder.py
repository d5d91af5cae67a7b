"""Teaches autoencoders, and encodes all scenes by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from data import Scenes, to_unit
from family import Autoencoder
from optimise import DEVICE, half_precision, optimise, store
from perceptual import ShapeClassifier, classifier_loss
from vae import LATENT_CHANNELS, VAE

VAE_PEAK = 1e-3
FULL_PICTURES_FROM = 0.75  # of the steps: 64x64 crops before (their cost is a quarter), whole pictures after
CLASSIFIER_STEPS = 1_500
SCALING_SCENES = 500


def train_vae(vae: VAE, scenes: Scenes, steps: int, seed: int, checkpoint: Path, **terms) -> VAE:
    """`terms` go to its loss."""
    covered = scenes.masks().amax(dim=1, keepdim=True) > 0

    def loss(vae: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        batch, size = (32, 64) if step < FULL_PICTURES_FROM * steps else (8, 128)
        scene = torch.randint(len(scenes), (batch,), generator=generator)
        corner = 8 * torch.randint((128 - size) // 8 + 1, (batch, 2), generator=generator)
        crops, foreground = [], []
        for i, (top, left) in zip(scene.tolist(), corner.tolist()):
            crops.append(torch.from_numpy(scenes.picture(i)[top : top + size, left : left + size].copy()))
            foreground.append(covered[i, :, top // 8 : (top + size) // 8, left // 8 : (left + size) // 8])
        noise = torch.randn(batch, LATENT_CHANNELS, size // vae.factor, size // vae.factor, generator=generator)
        pixels = F.interpolate(torch.stack(foreground).float(), scale_factor=8)
        with half_precision():
            return vae.loss(to_unit(torch.stack(crops)).to(DEVICE), pixels.to(DEVICE), noise.to(DEVICE), **terms)

    return optimise(vae.to(DEVICE), loss, steps=steps, peak=VAE_PEAK, seed=seed, checkpoint=checkpoint)


def train_rung(spec: Autoencoder, scenes: Scenes, steps: int, seed: int, work: Path, name: str) -> VAE:
    """An autoencoder of the ladder, with the feature network that all of it share."""
    features = None
    if not spec.squared:
        torch.manual_seed(seed)
        features = optimise(
            ShapeClassifier().to(DEVICE),
            classifier_loss(scenes, DEVICE),
            steps=CLASSIFIER_STEPS,
            peak=VAE_PEAK,
            seed=seed,
            checkpoint=work / "shapes.checkpoint",
        ).requires_grad_(False)
    torch.manual_seed(seed)
    return train_vae(
        VAE(spec.encoder, spec.decoder),
        scenes,
        steps,
        seed,
        work / f"{name}.checkpoint",
        divergence_weight=spec.divergence,
        squared=spec.squared,
        features=features,
    )


@torch.no_grad()
def scaling_factor(vae: VAE, scenes: Scenes) -> float:
    """One over the standard deviation of the latents of some scenes, as Stable Diffusion has it."""
    pictures = torch.stack([torch.from_numpy(scenes.picture(i).copy()) for i in range(SCALING_SCENES)])
    means = [vae.encoder(to_unit(some)).chunk(2, dim=1)[0] for some in pictures.split(50)]
    return float(1 / torch.cat(means).std())


@torch.no_grad()
def encode(vae: VAE, scenes: Scenes) -> Tensor:
    """The means of all scenes' latents, brought to mean 0 and standard deviation 1 a channel, and the VAE with them."""
    latents = means_of(scenes, lambda pictures: vae.encoder(pictures.to(DEVICE)).cpu())
    mean, std = latents.mean(dim=(0, 2, 3)), latents.std(dim=(0, 2, 3))
    vae.whiten(mean.to(DEVICE), std.to(DEVICE))
    return (latents - mean[:, None, None]) / std[:, None, None]


def means_of(scenes: Scenes, encoder: Callable[[Tensor], Tensor]) -> Tensor:
    """The first half of what an encoder gives of every picture."""
    means = []
    for start in range(0, len(scenes), 100):
        if start % 2_000 == 0:
            print(f"latents {start}/{len(scenes)}", flush=True)
        pictures = [torch.from_numpy(scenes.picture(i).copy()) for i in range(start, min(start + 100, len(scenes)))]
        means.append(encoder(to_unit(torch.stack(pictures))).chunk(2, dim=1)[0])
    return torch.cat(means)


def shared_latents(scenes: Scenes, encoder: Path, file: Path) -> Tensor:
    """The means of all scenes' latents by the autoencoder of a model folder, which whitens them; kept in `file`."""
    if not file.exists():
        session = onnxruntime.InferenceSession(encoder, providers=["CPUExecutionProvider"])
        store(means_of(scenes, lambda pictures: torch.from_numpy(session.run(None, {"sample": pictures.numpy()})[0])), file)
    return torch.load(file, weights_only=True)
