"""Stable Diffusion's betas rescaled to zero terminal SNR, v-prediction, and a plain DDIM sampler to look at samples.

Lin et al. 2023, arXiv:2305.08891 (zero terminal SNR, trailing timesteps); Salimans & Ho 2022, arXiv:2202.00512 (v);
Song et al. 2020, arXiv:2010.02502 (DDIM).
"""

from __future__ import annotations

import torch
from torch import Tensor

TRAIN_STEPS = 1000
BETA_START, BETA_END = 0.00085, 0.012


def alphas_cumprod() -> Tensor:
    """alpha-bar_t, float32 [1000], from 0.9991 down to exactly 0."""
    betas = torch.linspace(BETA_START**0.5, BETA_END**0.5, TRAIN_STEPS, dtype=torch.float64) ** 2
    roots = (1 - betas).cumprod(0).sqrt()
    roots = (roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])
    return roots.square().float()


class NoiseSchedule:
    """x_t = alpha_t x0 + sigma_t noise, with the target v = alpha_t noise - sigma_t x0."""

    def __init__(self, device: torch.device):
        bars = alphas_cumprod().to(device)
        self.alphas, self.sigmas = bars.sqrt(), (1 - bars).sqrt()

    def at(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return self.alphas[t][:, None, None, None], self.sigmas[t][:, None, None, None]

    def noised(self, x0: Tensor, noise: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        alpha, sigma = self.at(t)
        return alpha * x0 + sigma * noise, alpha * noise - sigma * x0

    @torch.no_grad()
    def sample(self, velocity, x: Tensor, steps: int) -> Tensor:
        """DDIM, eta 0, trailing timesteps; velocity(x, t) is the (guided) prediction, x the starting noise."""
        timesteps = torch.linspace(TRAIN_STEPS, 0, steps + 1).round().long()[:-1] - 1
        for i, t in enumerate(timesteps):
            alpha, sigma = self.alphas[t], self.sigmas[t]
            v = velocity(x, t)
            denoised, noise = alpha * x - sigma * v, sigma * x + alpha * v
            if i + 1 == steps:
                return denoised
            following = timesteps[i + 1]
            x = self.alphas[following] * denoised + self.sigmas[following] * noise
        return x
