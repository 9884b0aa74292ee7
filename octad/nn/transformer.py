"""A small transformer whose attention is given its bias and its mask.

Legend: B batch, L items, D width, H heads.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Layer(nn.Module):
    """Attention and a feed-forward network, each normed before and added after (Xiong et al. 2020)."""

    def __init__(self, width: int, heads: int, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.between = nn.LayerNorm(width)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, states: Tensor, allowed: Tensor, bias: Tensor) -> Tensor:
        """States `[B, L, D]`, allowed `[B, 1, L, L]` (true may be attended), bias `[B, H or 1, L, L]`."""
        B, L, D = states.shape
        split = self.project(self.before(states)).reshape(B, L, 3, self.heads, D // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4).unbind(0)  # [B, H, L, D/H] each
        scores = q @ k.transpose(-1, -2) * (D // self.heads) ** -0.5 + bias.to(q.dtype)
        weights = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min).softmax(-1)
        mixed = (weights.to(v.dtype) @ v).transpose(1, 2).reshape(B, L, D)
        states = states + self.drop(self.out(mixed))
        hidden = nn.functional.gelu(self.wide(self.between(states)))
        new: Tensor = states + self.drop(self.narrow(hidden))
        return new
