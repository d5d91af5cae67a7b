"""Where things shall stand: a token for each box, made of its phrase and its corners.

Li et al. 2023, arXiv:2301.07093 (GLIGEN): the text encoder's view of the phrase beside Fourier features of the box, through
a small network; a learned token where there is no box. There the tokens come in by a gated attention of their own into a
network that was trained before; here the network is trained with them, and its cross-attention reads them behind the words.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from text_encoder import TEXT_DIM

FREQUENCIES = 4
NO_BOXES = 0.3  # share of the scenes that are shown without boxes


class PositionNet(nn.Module):
    """phrase_embeds [batch, boxes, 128], boxes [batch, boxes, 4], masks [batch, boxes] -> objs [batch, boxes, 128].

    Boxes are left, top, right, bottom in 0..1; masks are 1 where there is a box and 0 where there is none.
    """

    def __init__(self):
        super().__init__()
        self.register_buffer("frequencies", math.pi * 2.0 ** torch.arange(FREQUENCIES), persistent=False)
        self.null_token = nn.Parameter(torch.randn(TEXT_DIM) * 0.1)
        self.linear_1 = nn.Linear(TEXT_DIM + 8 * FREQUENCIES, TEXT_DIM)
        self.linear_2 = nn.Linear(TEXT_DIM, TEXT_DIM)
        self.norm_out = nn.LayerNorm(TEXT_DIM)

    def forward(self, phrase_embeds: Tensor, boxes: Tensor, masks: Tensor) -> Tensor:
        angles = (boxes[..., None] * self.frequencies).flatten(2)
        x = torch.cat([phrase_embeds, angles.sin(), angles.cos()], dim=-1)
        tokens = self.norm_out(self.linear_2(nn.functional.silu(self.linear_1(x))))
        return masks[..., None] * tokens + (1 - masks[..., None]) * self.null_token


def coverage(boxes: Tensor, there: Tensor, size: int = 16) -> Tensor:
    """How much of each cell of a grid every box covers: [batch, boxes, size, size] in 0..1."""
    low, high = torch.arange(size) / size, torch.arange(1, size + 1) / size

    def overlap(start: Tensor, end: Tensor) -> Tensor:
        return ((torch.minimum(end[..., None], high) - torch.maximum(start[..., None], low)).clamp(min=0)) * size

    left, top, right, bottom = boxes.unbind(dim=-1)
    return overlap(top, bottom)[..., :, None] * overlap(left, right)[..., None, :] * there[..., None, None]
