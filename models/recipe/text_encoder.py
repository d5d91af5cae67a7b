"""The text encoder: a small transformer that keeps word order (learned positions, every word sees every word)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention import Attention, FeedForward

TOKENS, FULL_TOKENS = 16, 64  # of a short and a full caption, <bos>, <eos> and padding included
EOS_ID = 3  # in every vocabulary: <pad>, <unk>, <bos>, <eos>, words
TEXT_DIM = 128


class EncoderLayer(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = Attention(dim, dim)
        self.norm2 = nn.LayerNorm(dim)
        self.ff = FeedForward(dim)

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm1(x)
        x = x + self.attn(normed, normed)
        return x + self.ff(self.norm2(x))


class TextEncoder(nn.Module):
    """input_ids int64 [batch, tokens] -> last_hidden_state [batch, tokens, 128]. Padding is not masked, as in Stable Diffusion."""

    def __init__(self, vocabulary: int, tokens: int = TOKENS, dim: int = TEXT_DIM, layers: int = 2):
        super().__init__()
        self.tokens = tokens
        self.token_embedding = nn.Embedding(vocabulary, dim)
        self.position_embedding = nn.Parameter(torch.randn(tokens, dim) * 0.1)
        self.layers = nn.ModuleList(EncoderLayer(dim) for _ in range(layers))
        self.final_norm = nn.LayerNorm(dim)

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.token_embedding(input_ids) + self.position_embedding
        for layer in self.layers:
            x = layer(x)
        return self.final_norm(x)


class BagOfWords(nn.Module):
    """The contrast: a vector for each word whatever its place and company, so "a cat left of a dog" is "a dog left of a cat"."""

    def __init__(self, vocabulary: int, tokens: int = TOKENS, dim: int = TEXT_DIM):
        super().__init__()
        self.tokens = tokens
        self.token_embedding = nn.Embedding(vocabulary, dim)
        self.ff = FeedForward(dim)
        self.final_norm = nn.LayerNorm(dim)

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.token_embedding(input_ids)
        return self.final_norm(x + self.ff(x))
