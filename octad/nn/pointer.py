"""The network behind a pointer head.

Legend: B rows, L items, D width, V edits, K size of the name pointer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PointerNetwork(nn.Module):
    """Scores of locations, of edits at each location, and a query and key for names."""

    def __init__(self, width: int, edits: int, size: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(nn.Linear(2 * width, width), nn.GELU())
        self.location = nn.Linear(width, 1)
        self.edit = nn.Linear(width, edits)
        self.query = nn.Linear(width, size)
        self.key = nn.Linear(width, size)

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """States `[B, L, D]` to location `[B, L]`, edit `[B, L, V]`, query and key `[B, L, K]`."""
        summary = states[:, :1].expand_as(states)
        hidden = self.mix(torch.cat([states, summary], dim=-1))
        location = self.location(hidden).squeeze(-1)
        return location, self.edit(hidden), self.query(hidden), self.key(states)
