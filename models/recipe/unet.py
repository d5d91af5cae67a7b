"""The denoiser: a two-level U-Net with cross-attention at every block.

Stable Diffusion's shape (Rombach et al. 2022, arXiv:2112.10752) and diffusers' module names, 250 times smaller at 64
channels at 16x16 and 128 at 8x8. Two departures: a learned position map (left and right must be told apart on a 16x16
grid), and self-attention at the lower level only. On pixels the first level works on patches of 2x2 (Hoogeboom et al.
2023, arXiv:2301.11093).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention import Attention, FeedForward
from text_encoder import TEXT_DIM

GROUPS = 16  # at most; a group has two channels at least


@dataclass(frozen=True)
class Image:
    """What a denoiser works on: [channels, size, size], which it sees in patches of `patch` x `patch`."""

    channels: int
    size: int
    patch: int = 1

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.channels, self.size, self.size


LATENT = Image(channels=4, size=16)
PIXELS = Image(channels=3, size=64, patch=2)


class TimestepEmbedding(nn.Module):
    """Sinusoids of t, cosines first, then two linear layers. A scalar t serves the whole batch."""

    def __init__(self, dim: int, sinusoids: int = 64):
        super().__init__()
        half = sinusoids // 2
        self.register_buffer("frequencies", torch.exp(-math.log(10_000.0) * torch.arange(half) / half), persistent=False)
        self.linear_1 = nn.Linear(sinusoids, dim)
        self.linear_2 = nn.Linear(dim, dim)

    def forward(self, timestep: Tensor) -> Tensor:
        angles = timestep.reshape(-1, 1) * self.frequencies
        embedding = torch.cat([angles.cos(), angles.sin()], dim=-1)
        return F.silu(self.linear_2(F.silu(self.linear_1(embedding))))


def group_norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(min(GROUPS, channels // 2), channels)


class ResnetBlock(nn.Module):
    def __init__(self, channels_in: int, channels: int, time_dim: int):
        super().__init__()
        self.norm1 = group_norm(channels_in)
        self.conv1 = nn.Conv2d(channels_in, channels, 3, padding=1)
        self.time_emb_proj = nn.Linear(time_dim, channels)
        self.norm2 = group_norm(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(channels_in, channels, 1) if channels_in != channels else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time_emb_proj(time)[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h)))
        return self.conv_shortcut(x) + h


class Transformer(nn.Module):
    """Attention over the pixels (attn1, where asked for), over the words (attn2), and a feed-forward layer."""

    def __init__(self, channels: int, self_attention: bool):
        super().__init__()
        if self_attention:
            self.norm1 = nn.LayerNorm(channels)
            self.attn1 = Attention(channels, channels)
        else:
            self.attn1 = None
        self.norm2 = nn.LayerNorm(channels)
        self.attn2 = Attention(channels, TEXT_DIM)
        self.norm3 = nn.LayerNorm(channels)
        self.ff = FeedForward(channels)

    def forward(self, image: Tensor, text: Tensor) -> Tensor:
        x = image.flatten(2).transpose(1, 2)
        if self.attn1 is not None:
            normed = self.norm1(x)
            x = x + self.attn1(normed, normed)
        x = x + self.attn2(self.norm2(x), text)
        x = x + self.ff(self.norm3(x))
        return x.transpose(1, 2).unflatten(2, image.shape[2:])


class Block(nn.Module):
    """One level of one side: residual blocks, each followed by a transformer; `skips` are concatenated before each.

    `attention`: which transformers: None for none, else whether they have self-attention.
    """

    def __init__(self, channels_in: list[int], channels: int, time_dim: int, attention: bool | None):
        super().__init__()
        self.resnets = nn.ModuleList(ResnetBlock(c, channels, time_dim) for c in channels_in)
        self.attentions = nn.ModuleList(
            nn.Identity() if attention is None else Transformer(channels, attention) for _ in channels_in
        )

    def forward(self, x: Tensor, time: Tensor, text: Tensor, skips: list[Tensor] | None = None) -> Tensor:
        for resnet, attention in zip(self.resnets, self.attentions):
            if skips is not None:
                x = torch.cat([x, skips.pop()], dim=1)
            x = resnet(x, time)
            if isinstance(attention, Transformer):
                x = attention(x, text)
        return x


class MidBlock(nn.Module):
    def __init__(self, channels: int, time_dim: int, attention: bool):
        super().__init__()
        self.resnets = nn.ModuleList(ResnetBlock(channels, channels, time_dim) for _ in range(2))
        self.attentions = nn.ModuleList([Transformer(channels, self_attention=True)] if attention else [])

    def forward(self, x: Tensor, time: Tensor, text: Tensor) -> Tensor:
        x = self.resnets[0](x, time)
        for attention in self.attentions:
            x = attention(x, text)
        return self.resnets[1](x, time)


class UNet(nn.Module):
    """sample [batch, channels, size, size], timestep [] or [batch] in 0..1000, encoder_hidden_states [batch, tokens, 128]
    -> as sample.

    Without `attention` nothing but convolutions carries anything from place to place, and there is no position map: what it
    draws somewhere depends on what is near (Kamb & Ganguli 2024, arXiv:2412.20292). The mean of the text's tokens then comes
    in with the timestep.
    """

    def __init__(self, channels: tuple[int, int], image: Image, attention: bool = True):
        super().__init__()
        low, high = self.channels = channels
        self.image, self.attention = image, attention
        time_dim, patched = min(256, 8 * low), image.channels * image.patch**2
        self.time_embedding = TimestepEmbedding(time_dim)
        self.conv_in = nn.Conv2d(patched, low, 3, padding=1)
        if attention:
            side = image.size // image.patch
            self.position_map = nn.Parameter(torch.randn(1, low, side, side) * 0.1)
        else:
            self.text_projection = nn.Linear(TEXT_DIM, time_dim)
        outer, inner = (False, True) if attention else (None, None)
        self.down_blocks = nn.ModuleList([Block([low], low, time_dim, outer), Block([low], high, time_dim, inner)])
        self.downsampler = nn.Conv2d(low, low, 3, stride=2, padding=1)
        self.mid_block = MidBlock(high, time_dim, attention)
        self.up_blocks = nn.ModuleList(
            [Block([high + high, high + low], high, time_dim, inner), Block([low + low] * 2, low, time_dim, outer)]
        )
        self.upsampler = nn.Conv2d(high, low, 3, padding=1)
        self.conv_norm_out = group_norm(low)
        self.conv_out = nn.Conv2d(low, patched, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

    def forward(self, sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor) -> Tensor:
        time, text = self.time_embedding(timestep), encoder_hidden_states
        x = self.conv_in(F.pixel_unshuffle(sample, self.image.patch) if self.image.patch > 1 else sample)
        if self.attention:
            x = x + self.position_map
        else:
            time = time + self.text_projection(text.mean(dim=1))
        skips = [x]
        x = self.down_blocks[0](x, time, text)
        skips.append(x)
        x = self.downsampler(x)
        skips.append(x)
        x = self.down_blocks[1](x, time, text)
        skips.append(x)
        x = self.mid_block(x, time, text)
        x = self.up_blocks[0](x, time, text, skips)
        x = self.upsampler(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        x = self.up_blocks[1](x, time, text, skips)
        x = self.conv_out(F.silu(self.conv_norm_out(x)))
        return F.pixel_shuffle(x, self.image.patch) if self.image.patch > 1 else x

    def cross_attentions(self) -> list[Attention]:
        return [module.attn2 for module in self.modules() if isinstance(module, Transformer)]
