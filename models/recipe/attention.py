"""Scaled dot-product attention, written out so that its softmax is a node of the exported graph."""

from __future__ import annotations

import torch
from torch import Tensor, nn

HEADS = 4


class Attention(nn.Module):
    """Multi-head attention from `dim` channels to a context (Vaswani et al. 2017, arXiv:1706.03762).

    With `record` set, `probs` keeps the last call's weights [batch, heads, queries, keys].
    """

    def __init__(self, dim: int, context_dim: int, heads: int = HEADS):
        super().__init__()
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_k = nn.Linear(context_dim, dim, bias=False)
        self.to_v = nn.Linear(context_dim, dim, bias=False)
        self.to_out = nn.Linear(dim, dim)
        self.record = False
        self.probs: Tensor | None = None

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        q = self._split(self.to_q(x) * self.scale)
        k = self._split(self.to_k(context))
        v = self._split(self.to_v(context))
        probs = torch.softmax(torch.matmul(q, k.transpose(-1, -2)), dim=-1)
        if self.record:
            self.probs = probs
        return self.to_out(torch.matmul(probs, v).transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class FeedForward(nn.Module):
    def __init__(self, dim: int, factor: int = 2):
        super().__init__()
        self.proj_in = nn.Linear(dim, factor * dim)
        self.proj_out = nn.Linear(factor * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.proj_out(nn.functional.gelu(self.proj_in(x)))
