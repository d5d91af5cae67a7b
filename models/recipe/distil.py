"""Latent consistency distillation: a student that sees the picture from any level in one call, guidance included.

Luo et al. 2023, arXiv:2310.04378. A guided teacher goes one DDIM step down; the student must see the same picture from
both ends of that step. As Song & Dhariwal 2023 (arXiv:2310.14189) advise, the lower end is judged by the student itself,
not by its moving average.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from data import Captions
from objective import LEVELS, Objective
from optimise import Loss

STEPS = 50  # the teacher's DDIM steps from noise to picture
GUIDANCE = 3.0
BATCH = 64
HUBER = 0.03  # where the loss turns from square to absolute; latents have deviation 1


def consistency_loss(
    teacher: nn.Module, objective: Objective, latents: Tensor, captions: Captions, unconditional: Tensor, device: torch.device
) -> Loss:
    levels = torch.linspace(LEVELS, 0, STEPS + 1).round().long()[:-1] - 1

    def denoised(net: nn.Module, x: Tensor, level: Tensor, ids: Tensor) -> Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            predicted = net(x, objective.timesteps[level].to(device), ids)
        return objective.denoised(x, predicted.float(), level)

    def loss(student: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        scene = torch.randint(len(latents), (BATCH,), generator=generator)
        at = torch.randint(STEPS, (BATCH,), generator=generator)
        noise = torch.randn(BATCH, *latents.shape[1:], generator=generator).to(device)
        level, lower = levels[at], levels[(at + 1).clamp(max=STEPS - 1)]
        ids = captions.ids[scene].to(device)
        x = objective.mixed(latents[scene].to(device), noise, level)
        with torch.no_grad():
            given = denoised(teacher, x, level, ids)
            without = denoised(teacher, x, level, unconditional.to(device).expand_as(ids))
            guided = without + GUIDANCE * (given - without)
            seen = denoised(student, objective.step(x, guided, level, lower), lower, ids)
            last = (at == STEPS - 1).to(device)[:, None, None, None]
            wanted = torch.where(last, guided, seen)
        error = denoised(student, x, level, ids) - wanted
        huber = ((error.square() + HUBER**2).sqrt() - HUBER).mean()
        return huber, {"huber": huber.detach(), "deviation": error.detach().square().mean().sqrt()}

    return loss
