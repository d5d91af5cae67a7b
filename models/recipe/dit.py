"""The denoiser as a transformer on patches that reads words and picture in one attention.

Peebles & Xie 2022, arXiv:2212.09748 (DiT); Esser et al. 2024, arXiv:2403.03206 (MMDiT: two streams with weights of their
own and a joint attention); Chen et al. 2023, arXiv:2310.00426 (one modulation network for all blocks, with a learned offset
in each). Taught by flow matching, as Stable Diffusion 3 is: beside `tray-flow` it shows what the architecture alone decides.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention import HEADS, FeedForward
from text_encoder import TEXT_DIM
from unet import Image, TimestepEmbedding

PATCH = 2


class Stream(nn.Module):
    """What picture or words do by themselves in a block: scale, shift and gate, queries, keys and values, feed-forward."""

    def __init__(self, dim: int, ends: bool = False):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, elementwise_affine=False)
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.modulation = nn.Parameter(torch.randn(6, dim) * 0.02)
        self.ends = ends
        if not ends:
            self.to_out = nn.Linear(dim, dim)
            self.norm2 = nn.LayerNorm(dim, elementwise_affine=False)
            self.ff = FeedForward(dim)

    def heads(self, x: Tensor, time: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each [batch, heads, tokens, dim / heads]."""
        shift, scale = (time + self.modulation)[:, :2].unbind(dim=1)
        normed = self.norm1(x) * (1 + scale[:, None]) + shift[:, None]
        return self.qkv(normed).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4).unbind(dim=0)

    def forward(self, x: Tensor, attended: Tensor, time: Tensor) -> Tensor:
        gate, shift, scale, gate_ff = (part[:, None] for part in (time + self.modulation)[:, 2:].unbind(dim=1))
        x = x + gate * self.to_out(attended.transpose(1, 2).flatten(2))
        return x + gate_ff * self.ff(self.norm2(x) * (1 + scale) + shift)


class JointBlock(nn.Module):
    """One attention over words and patches. In the last block the words are read and not written again."""

    def __init__(self, dim: int, last: bool):
        super().__init__()
        self.image = Stream(dim)
        self.text = Stream(dim, ends=last)
        self.scale = (dim // HEADS) ** -0.5

    def forward(self, image: Tensor, text: Tensor, time: Tensor) -> tuple[Tensor, Tensor]:
        words = text.shape[1]
        q, k, v = (
            torch.cat(pair, dim=2) for pair in zip(self.text.heads(text, time), self.image.heads(image, time))
        )
        probs = torch.softmax(torch.matmul(q * self.scale, k.transpose(-1, -2)), dim=-1)
        attended = torch.matmul(probs, v)
        image = self.image(image, attended[:, :, words:], time)
        return image, text if self.text.ends else self.text(text, attended[:, :, :words], time)


class DiT(nn.Module):
    """hidden_states [batch, 4, 16, 16], timestep [] or [batch] in 0..1000, encoder_hidden_states [batch, tokens, 128] -> as
    hidden_states."""

    def __init__(self, shape: tuple[int, int], image: Image):
        super().__init__()
        dim, depth = self.channels = shape
        self.image = image
        self.time_embedding = TimestepEmbedding(dim)
        self.modulation = nn.Linear(dim, 6 * dim)
        self.patch_embedding = nn.Conv2d(image.channels, dim, PATCH, stride=PATCH)
        self.position_embedding = nn.Parameter(torch.randn((image.size // PATCH) ** 2, dim) * 0.1)
        self.text_embedding = nn.Linear(TEXT_DIM, dim)
        self.blocks = nn.ModuleList(JointBlock(dim, last=i + 1 == depth) for i in range(depth))
        self.norm_out = nn.LayerNorm(dim)
        self.proj_out = nn.Linear(dim, image.channels * PATCH**2)
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)

    def forward(self, hidden_states: Tensor, timestep: Tensor, encoder_hidden_states: Tensor) -> Tensor:
        time = self.modulation(self.time_embedding(timestep)).unflatten(-1, (6, -1))
        x = self.patch_embedding(hidden_states).flatten(2).transpose(1, 2) + self.position_embedding
        text = self.text_embedding(encoder_hidden_states)
        for block in self.blocks:
            x, text = block(x, text, time)
        x = self.proj_out(self.norm_out(x)).transpose(1, 2)
        side = self.image.size // PATCH
        return nn.functional.pixel_shuffle(x.unflatten(2, (side, side)), PATCH)

    def cross_attentions(self) -> list:
        """None: words and patches share one attention."""
        return []
