"""Does a network read what a caption says? Seen early and without sampling."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from data import RELATION, Scenes, count, one_more, swapped, to_state
from objective import LEVELS, Objective
from optimise import DEVICE, half_precision

GATE_SCENES = 256
FEW = 4


class Gate:
    """By how much the error of x0 grows at a level when the caption is false.

    Order, at pure noise: below 0.15 % nothing is learned; a run that will learn left and right shows
    more than 1 % early.
    """

    def __init__(
        self,
        name: str,
        scenes: Scenes,
        latents: Tensor,
        chosen: list[int],
        falsified: Callable[[str], str],
        objective: Objective,
        level: int,
    ):
        captions = [scenes.rows[i]["canonical"] for i in chosen]
        self.name, self.objective = name, objective
        self.level = torch.full((len(chosen),), level)
        self.x0 = to_state(latents[chosen]).to(DEVICE)
        noise = torch.randn(self.x0.shape, generator=torch.Generator().manual_seed(0)).to(DEVICE)
        self.x = objective.mixed(self.x0, noise, self.level)
        self.true = torch.tensor([scenes.tokenizer.encode(c) for c in captions]).to(DEVICE)
        self.false = torch.tensor([scenes.tokenizer.encode(falsified(c)) for c in captions]).to(DEVICE)

    @torch.no_grad()
    def __call__(self, denoiser: nn.Module) -> float:
        true, false = (self._error(denoiser, ids) for ids in (self.true, self.false))
        return float(false / true - 1)

    def _error(self, denoiser: nn.Module, ids: Tensor) -> Tensor:
        with half_precision():
            predicted = denoiser(self.x, self.objective.timesteps[self.level].to(DEVICE), ids).float()
        return F.mse_loss(self.objective.denoised(self.x, predicted, self.level), self.x0)


def order_gate(scenes: Scenes, latents: Tensor, objective: Objective) -> Gate:
    chosen = [i for i, row in enumerate(scenes.rows) if RELATION.search(row["canonical"])][:GATE_SCENES]
    return Gate("order", scenes, latents, chosen, swapped, objective, LEVELS - 1)


def count_gate(scenes: Scenes, latents: Tensor, objective: Objective) -> Gate:
    """At level 600, where a number tells most: at pure noise it says little of any one place."""
    chosen = [i for i, row in enumerate(scenes.rows) if row["kind"] == "count" and 2 <= count(row) <= FEW][:GATE_SCENES]
    return Gate("count", scenes, latents, chosen, one_more, objective, 600)
