"""The autoencoder: 128x128x3 pictures <-> 16x16x4 latents, convolutions only.

Kingma & Welling 2013 (arXiv:1312.6114); as the first stage of a latent diffusion model Rombach et al. 2022
(arXiv:2112.10752). The decoder ends in a pixel shuffle (Shi et al. 2016, arXiv:1609.05158), so nothing is computed at
full resolution.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from perceptual import perceptual_distance

LATENT_CHANNELS = 4
GROUPS = 8
SHUFFLED = 12  # channels at half resolution that become the three of the picture
ENCODER, DECODER = (32, 64, 96), (128, 64, 32)


class ResidualBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(h)))


class Upsample(nn.Module):
    def __init__(self, channels_in: int, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Encoder(nn.Module):
    """sample [batch, 3, H, W] in -1..1 -> latent_parameters [batch, 8, H/f, W/f]: four means, four log variances.

    Each of `widths` halves the sides: f is 2 to the power of their number.
    """

    def __init__(self, widths: tuple[int, ...] = ENCODER):
        super().__init__()
        self.conv_in = nn.Conv2d(3, widths[0], 4, stride=2, padding=1)
        halvings = [
            module
            for a, b in zip(widths, widths[1:])
            for module in (ResidualBlock(a), nn.Conv2d(a, b, 3, stride=2, padding=1))
        ]
        self.blocks = nn.Sequential(*halvings, ResidualBlock(widths[-1]), ResidualBlock(widths[-1]))
        self.norm_out = nn.GroupNorm(GROUPS, widths[-1])
        self.conv_out = nn.Conv2d(widths[-1], 2 * LATENT_CHANNELS, 3, padding=1)

    def forward(self, sample: Tensor) -> Tensor:
        x = self.conv_out(F.silu(self.norm_out(self.blocks(self.conv_in(sample)))))
        mean, log_variance = x.chunk(2, dim=1)
        return torch.cat([mean, log_variance.clamp(-30.0, 20.0)], dim=1)


class Decoder(nn.Module):
    """latent_sample [batch, 4, h, w] -> sample [batch, 3, f h, f w], about -1..1, with f as in the encoder."""

    def __init__(self, widths: tuple[int, ...] = DECODER):
        super().__init__()
        self.widths = widths
        self.post_quant_conv = nn.Conv2d(LATENT_CHANNELS, LATENT_CHANNELS, 1)
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, widths[0], 3, padding=1)
        doublings = [
            module for a, b in zip(widths, widths[1:]) for module in (Upsample(a, b), ResidualBlock(b), ResidualBlock(b))
        ]
        self.blocks = nn.Sequential(*[ResidualBlock(widths[0]) for _ in range(3)], *doublings)
        self.norm_out = nn.GroupNorm(GROUPS, widths[-1])
        self.conv_out = nn.Conv2d(widths[-1], SHUFFLED, 3, padding=1)

    def forward(self, latent_sample: Tensor) -> Tensor:
        x = self.blocks(self.conv_in(self.post_quant_conv(latent_sample)))
        return F.pixel_shuffle(self.conv_out(F.silu(self.norm_out(x))), 2)


class VAE(nn.Module):
    def __init__(self, encoder: tuple[int, ...] = ENCODER, decoder: tuple[int, ...] = DECODER):
        super().__init__()
        self.encoder = Encoder(encoder)
        self.decoder = Decoder(decoder)
        self.factor = 2 ** len(encoder)

    def loss(
        self,
        sample: Tensor,
        foreground: Tensor,
        noise: Tensor,
        *,
        divergence_weight: float = 1e-4,
        squared: bool = False,
        features: nn.Module | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """L1, fourfold where objects are; L1 of finite differences, for edges; a little KL.

        `foreground` is 0 or 1 [batch, 1, H, W], `noise` standard normal, shaped as the latents. `squared` takes the squared
        error instead of both L1; `features` adds the distance between the pictures as that network sees them.
        """
        mean, log_variance = self.encoder(sample).float().chunk(2, dim=1)
        decoded = self.decoder(mean + (0.5 * log_variance).exp() * noise).float()
        error = decoded - sample
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        missed = (foreground * error.detach().square()).sum() / (3 * foreground.sum() + 1)
        figures = {"KL": divergence, "foreground PSNR": 10 * (4 / missed).log10()}
        if squared:
            terms = {"squared": error.square().mean()}
        else:
            edges = sum(error.diff(dim=axis).abs().mean() for axis in (2, 3))
            terms = {"L1": ((1 + 3 * foreground) * error.abs()).mean(), "edges": edges}
        if features is not None:
            terms["features"] = perceptual_distance(features, decoded, sample)
        figures = terms | figures
        value = sum(terms.values()) + divergence_weight * divergence
        return value, {name: figure.detach() for name, figure in figures.items()}

    @torch.no_grad()
    def whiten(self, mean: Tensor, std: Tensor) -> None:
        """Fold z -> (z - mean) / std, a channel each, into the outer convolutions: same pictures, unit latents."""
        last, first = self.encoder.conv_out, self.decoder.post_quant_conv
        last.weight.div_(torch.cat([std, torch.ones_like(std)])[:, None, None, None])
        last.bias.sub_(torch.cat([mean, 2 * std.log()])).div_(torch.cat([std, torch.ones_like(std)]))
        first.bias.add_(first.weight[:, :, 0, 0] @ mean)
        first.weight.mul_(std[None, :, None, None])
