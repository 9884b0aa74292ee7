"""Linear read-outs of a stream.

Legend: B rows, L items, D width, C outputs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

RARE = -5.0
"""Where logits of rare labels begin: most lines break no rule."""


class EveryItem(nn.Module):
    """The same small network at every item; its labels are taken to be rare at the start."""

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__()
        last = nn.Linear(width // 2, outputs)
        nn.init.constant_(last.bias, RARE)
        self.layers = nn.Sequential(nn.Linear(width, width // 2), nn.GELU(), last)

    def forward(self, states: Tensor) -> tuple[Tensor]:
        """States `[B, L, D]` to `[B, L, C]`."""
        return (self.layers(states),)


class Summary(nn.Module):
    """A small network at item 0."""

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, width // 2), nn.GELU(), nn.Linear(width // 2, outputs))

    def forward(self, states: Tensor) -> tuple[Tensor]:
        """States `[B, L, D]` to `[B, C]`."""
        return (self.layers(states[:, 0]),)


class BesideSummary(nn.Module):
    """A score for every item from its state beside that of item 0."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, 1))

    def forward(self, states: Tensor) -> tuple[Tensor]:
        """States `[B, L, D]` to `[B, L]`."""
        beside = torch.cat([states, states[:, :1].expand_as(states)], dim=-1)
        return (self.layers(beside).squeeze(-1),)
