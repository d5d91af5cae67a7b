"""What a denoiser is taught: how noise and picture are mixed at each of 1000 levels, and what it predicts of the mixture.

All mix x = alpha x0 + sigma noise; level 0 is the cleanest, 999 the noisiest. Ho et al. 2020, arXiv:2006.11239 (epsilon);
Salimans & Ho 2022, arXiv:2202.00512 (v); Lin et al. 2023, arXiv:2305.08891 (zero terminal SNR, trailing timesteps);
Lipman et al. 2022, arXiv:2210.02747 (flow matching); Song et al. 2020, arXiv:2010.02502 (DDIM).
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

LEVELS = 1000
BETA_START, BETA_END = 0.00085, 0.012


class Objective(ABC):
    """A schedule and a target. `timesteps` is what the network is told at each level."""

    alphas: Tensor
    sigmas: Tensor
    timesteps = torch.arange(LEVELS, dtype=torch.float32)

    def mixed(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        alpha, sigma = self._at(level, x0)
        return alpha * x0 + sigma * noise

    @abstractmethod
    def target(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """What the network shall predict of the mixture."""

    @abstractmethod
    def denoised(self, x: Tensor, predicted: Tensor, level: Tensor) -> Tensor:
        """The picture that a prediction implies."""

    @abstractmethod
    def scheduler_config(self) -> dict:
        """diffusers' scheduler_config.json."""

    def step(self, x: Tensor, denoised: Tensor, level: Tensor, lower: Tensor) -> Tensor:
        """DDIM, eta 0: the same picture and noise, mixed as at a lower level."""
        alpha, sigma = self._at(level, x)
        return self.mixed(denoised, (x - alpha * denoised) / sigma, lower)

    def _at(self, level: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.alphas[level].to(x.device)[:, None, None, None], self.sigmas[level].to(x.device)[:, None, None, None]

    @torch.no_grad()
    def sample(self, predict, x: Tensor, steps: int) -> Tensor:
        """DDIM, eta 0, trailing timesteps; `predict(x, timestep)` is the (guided) prediction, x the starting noise."""
        levels = torch.linspace(LEVELS, 0, steps + 1).round().long()[:-1] - 1
        for i, level in enumerate(levels):
            level = level.expand(len(x))
            denoised = self.denoised(x, predict(x, self.timesteps[level[0]]), level)
            if i + 1 == steps:
                return denoised
            x = self.step(x, denoised, level, levels[i + 1].expand(len(x)))
        return x


class _Diffusion(Objective):
    """Stable Diffusion's betas, as they are or rescaled to zero terminal SNR (alpha-bar from 0.9991 down to exactly 0)."""

    def __init__(self, zero_terminal_snr: bool):
        betas = torch.linspace(BETA_START**0.5, BETA_END**0.5, LEVELS, dtype=torch.float64) ** 2
        roots = (1 - betas).cumprod(0).sqrt()
        if zero_terminal_snr:
            roots = (roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])
        bars = roots.square().float()
        self.alphas, self.sigmas = bars.sqrt(), (1 - bars).sqrt()

    def _config(self, **own: object) -> dict:
        return {
            "_class_name": "DDIMScheduler",
            "_diffusers_version": "0.35.0",
            "num_train_timesteps": LEVELS,
            "beta_schedule": "scaled_linear",
            "beta_start": BETA_START,
            "beta_end": BETA_END,
            "trained_betas": None,
            **own,
            "clip_sample": False,
            "thresholding": False,
        }


class Velocity(_Diffusion):
    """v = alpha noise - sigma x0 over zero terminal SNR: the noisiest level is pure noise, and still teaches."""

    def __init__(self):
        super().__init__(zero_terminal_snr=True)

    def target(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        alpha, sigma = self._at(level, x0)
        return alpha * noise - sigma * x0

    def denoised(self, x: Tensor, predicted: Tensor, level: Tensor) -> Tensor:
        alpha, sigma = self._at(level, x)
        return alpha * x - sigma * predicted

    def scheduler_config(self) -> dict:
        return self._config(
            rescale_betas_zero_snr=True,
            prediction_type="v_prediction",
            timestep_spacing="trailing",
            set_alpha_to_one=True,
            steps_offset=0,
        )


class Consistency(Velocity):
    """A velocity whose implied picture is the last one, from every level: four steps of LCM, no guidance."""

    def scheduler_config(self) -> dict:
        return super().scheduler_config() | {"_class_name": "LCMScheduler", "original_inference_steps": 50}


class Epsilon(_Diffusion):
    """The noise itself over Stable Diffusion's own betas, as in SD 1.x: at high noise an error in x0 hardly counts."""

    def __init__(self):
        super().__init__(zero_terminal_snr=False)

    def target(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        return noise

    def denoised(self, x: Tensor, predicted: Tensor, level: Tensor) -> Tensor:
        alpha, sigma = self._at(level, x)
        return (x - sigma * predicted) / alpha

    def scheduler_config(self) -> dict:
        return self._config(
            rescale_betas_zero_snr=False,
            prediction_type="epsilon",
            timestep_spacing="leading",
            set_alpha_to_one=False,
            steps_offset=1,
        )


class Flow(Objective):
    """noise - x0 on straight lines: alpha = 1 - sigma, and the network is told 1000 sigma."""

    def __init__(self):
        self.sigmas = torch.arange(1, LEVELS + 1) / LEVELS
        self.alphas = 1 - self.sigmas
        self.timesteps = LEVELS * self.sigmas

    def target(self, x0: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        return noise - x0

    def denoised(self, x: Tensor, predicted: Tensor, level: Tensor) -> Tensor:
        return x - self._at(level, x)[1] * predicted

    def scheduler_config(self) -> dict:
        return {
            "_class_name": "FlowMatchEulerDiscreteScheduler",
            "_diffusers_version": "0.35.0",
            "num_train_timesteps": LEVELS,
            "shift": 1.0,
        }
