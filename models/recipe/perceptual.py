"""What makes two pictures look alike, as a network sees it that learned to tell the shapes and colours of the trays.

Johnson et al. 2016, arXiv:1603.08155; the features are brought to length 1 at each place, as in Zhang et al. 2018,
arXiv:1801.03924, whose network learned from photographs: ours learns from the scenes.
"""

from __future__ import annotations

import re

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from data import Scenes, to_unit
from optimise import Loss

COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "white"]
SHAPES = ["apple", "pear", "cup", "star", "cube", "ball", "coin", "heart"]
NAMED = re.compile(rf"({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})s?\b")
BATCH = 32


class ShapeClassifier(nn.Module):
    """sample [batch, 3, H, W] -> [batch, 64]: whether each of 8 colours times 8 shapes is there, as a logit."""

    def __init__(self):
        super().__init__()
        widths = (3, 24, 48, 64)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(a, b, 3, stride=2, padding=1),
                nn.GroupNorm(8, b),
                nn.SiLU(),
                nn.Conv2d(b, b, 3, padding=1),
                nn.SiLU(),
            )
            for a, b in zip(widths, widths[1:])
        )
        self.head = nn.Conv2d(widths[-1], len(COLOURS) * len(SHAPES), 1)

    def features(self, sample: Tensor) -> list[Tensor]:
        """The maps of every block, at a half, a quarter and an eighth of the picture's size."""
        maps = [sample]
        for block in self.blocks:
            maps.append(block(maps[-1]))
        return maps[1:]

    def forward(self, sample: Tensor) -> Tensor:
        return self.head(self.features(sample)[-1]).amax(dim=(2, 3))


def perceptual_distance(network: ShapeClassifier, a: Tensor, b: Tensor) -> Tensor:
    return sum(
        (F.normalize(x.float(), dim=1) - F.normalize(y.float(), dim=1)).square().sum(dim=1).mean()
        for x, y in zip(network.features(a), network.features(b))
    ) / len(network.blocks)


def classifier_loss(scenes: Scenes, device: torch.device) -> Loss:
    """Only scenes whose captions name all colours."""
    chosen = torch.tensor([i for i, row in enumerate(scenes.rows) if row["kind"] != "loose"])
    wanted = torch.zeros(len(scenes), len(COLOURS) * len(SHAPES))
    for i, row in enumerate(scenes.rows):
        for colour, shape in NAMED.findall(row["caption"]):
            wanted[i, COLOURS.index(colour) * len(SHAPES) + SHAPES.index(shape)] = 1

    def loss(network: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        scene = chosen[torch.randint(len(chosen), (BATCH,), generator=generator)]
        pixels = to_unit(torch.stack([torch.from_numpy(scenes.picture(i).copy()) for i in scene.tolist()]))
        with torch.autocast(device.type, torch.bfloat16):
            logits = network(pixels.to(device)).float()
        there = wanted[scene].to(device)
        value = F.binary_cross_entropy_with_logits(logits, there)
        right = ((logits > 0) == (there > 0)).all(dim=1).float().mean()
        return value, {"loss": value.detach(), "all right": right}

    return loss
