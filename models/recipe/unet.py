"""The denoiser: a two-level U-Net with cross-attention at every block.

Stable Diffusion's shape (Rombach et al. 2022, arXiv:2112.10752) and diffusers' module names, 250 times smaller at 64
channels at 16x16 and 128 at 8x8. Two departures: a learned position map (left and right must be told apart on a 16x16
grid), and self-attention at 8x8 only.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attention import Attention, FeedForward
from text_encoder import TEXT_DIM

LATENT_CHANNELS = 4
LATENT_SIZE = 16
TIME_DIM = 256
GROUPS = 16


class TimestepEmbedding(nn.Module):
    """Sinusoids of t, cosines first, then two linear layers. A scalar t serves the whole batch."""

    def __init__(self, sinusoids: int = 64):
        super().__init__()
        half = sinusoids // 2
        self.register_buffer("frequencies", torch.exp(-math.log(10_000.0) * torch.arange(half) / half), persistent=False)
        self.linear_1 = nn.Linear(sinusoids, TIME_DIM)
        self.linear_2 = nn.Linear(TIME_DIM, TIME_DIM)

    def forward(self, timestep: Tensor) -> Tensor:
        angles = timestep.reshape(-1, 1) * self.frequencies
        embedding = torch.cat([angles.cos(), angles.sin()], dim=-1)
        return F.silu(self.linear_2(F.silu(self.linear_1(embedding))))


class ResnetBlock(nn.Module):
    def __init__(self, channels_in: int, channels: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, channels_in)
        self.conv1 = nn.Conv2d(channels_in, channels, 3, padding=1)
        self.time_emb_proj = nn.Linear(TIME_DIM, channels)
        self.norm2 = nn.GroupNorm(GROUPS, channels)
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
    """One level of one side: residual blocks, each followed by a transformer; `skips` are concatenated before each."""

    def __init__(self, channels_in: list[int], channels: int, self_attention: bool):
        super().__init__()
        self.resnets = nn.ModuleList(ResnetBlock(c, channels) for c in channels_in)
        self.attentions = nn.ModuleList(Transformer(channels, self_attention) for _ in channels_in)

    def forward(self, x: Tensor, time: Tensor, text: Tensor, skips: list[Tensor] | None = None) -> Tensor:
        for resnet, attention in zip(self.resnets, self.attentions):
            if skips is not None:
                x = torch.cat([x, skips.pop()], dim=1)
            x = attention(resnet(x, time), text)
        return x


class MidBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.resnets = nn.ModuleList(ResnetBlock(channels, channels) for _ in range(2))
        self.attentions = nn.ModuleList([Transformer(channels, self_attention=True)])

    def forward(self, x: Tensor, time: Tensor, text: Tensor) -> Tensor:
        x = self.attentions[0](self.resnets[0](x, time), text)
        return self.resnets[1](x, time)


class UNet(nn.Module):
    """sample [batch, 4, 16, 16], timestep [] or [batch] in 0..999, encoder_hidden_states [batch, 16, 128] -> v, as sample."""

    def __init__(self, channels: tuple[int, int]):
        super().__init__()
        low, high = self.channels = channels
        self.time_embedding = TimestepEmbedding()
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, low, 3, padding=1)
        self.position_map = nn.Parameter(torch.randn(1, low, LATENT_SIZE, LATENT_SIZE) * 0.1)
        self.down_blocks = nn.ModuleList([Block([low], low, False), Block([low], high, True)])
        self.downsampler = nn.Conv2d(low, low, 3, stride=2, padding=1)
        self.mid_block = MidBlock(high)
        self.up_blocks = nn.ModuleList([Block([high + high, high + low], high, True), Block([low + low] * 2, low, False)])
        self.upsampler = nn.Conv2d(high, low, 3, padding=1)
        self.conv_norm_out = nn.GroupNorm(GROUPS, low)
        self.conv_out = nn.Conv2d(low, LATENT_CHANNELS, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

    def forward(self, sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor) -> Tensor:
        time, text = self.time_embedding(timestep), encoder_hidden_states
        x = self.conv_in(sample) + self.position_map
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
        return self.conv_out(F.silu(self.conv_norm_out(x)))

    def cross_attentions(self) -> list[Attention]:
        return [module.attn2 for module in self.modules() if isinstance(module, Transformer)]
