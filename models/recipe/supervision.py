"""Attention supervision: each word is told, from the exact masks, which pixels it names.

Without it the maps of a jointly trained text encoder localise nothing (the caption is pooled into padding tokens). Three
terms, each between 0 and 1, averaged over the cross-attention layers, heads and batch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

OBJECT_SHARE = 0.8
BACKGROUND_SHARE = 0.9


def attention_loss(layers: list[Tensor], groups: Tensor, masks: Tensor) -> Tensor:
    """`layers`: weights [batch, heads, pixels, tokens]; `groups` [batch, tokens] in 0..2; `masks` [batch, 2, 16, 16] in 0..1.

    1. The share of a word's attention that falls outside its objects.
    2. On its objects, a word of an n-word phrase should have at least 0.8 / n of a pixel's attention.
    3. On the background, <bos> should have at least 0.9: a sink of its own, so that no word becomes one.
    """
    names = groups > 0
    words_in_group = (groups[:, :, None] == groups[:, None, :]).sum(dim=2).clamp(min=1)
    wanted = (OBJECT_SHARE / words_in_group)[:, None, :]
    total = torch.zeros((), device=masks.device)
    for probs in layers:
        attention = probs.float().mean(dim=1)
        size = round(attention.shape[1] ** 0.5)
        covered = F.adaptive_avg_pool2d(masks, size).flatten(2).transpose(1, 2)
        background = (1 - covered.sum(dim=2)).clamp(min=0)
        slots = torch.cat([torch.zeros_like(covered[:, :, :1]), covered], dim=2)
        own = slots.gather(2, groups[:, None, :].expand(-1, slots.shape[1], -1))

        outside = (attention * (1 - own)).sum(dim=1) / attention.sum(dim=1).clamp(min=1e-6)
        missing = F.relu(wanted - attention) / wanted * own
        unclaimed = F.relu(BACKGROUND_SHARE - attention[:, :, 0]) / BACKGROUND_SHARE * background
        total = (
            total
            + outside[names].sum() / names.sum().clamp(min=1)
            + missing.sum() / own.sum().clamp(min=1)
            + unclaimed.sum() / background.sum().clamp(min=1)
        )
    return total / len(layers)
