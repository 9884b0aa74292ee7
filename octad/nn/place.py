"""The network behind the head that says where a repair goes.

Legend: B rows, L items, D width, C classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PlaceNetwork(nn.Module):
    """Scores of every token and of the gap before it, and of the class of a repair there."""

    def __init__(self, width: int, kinds: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(nn.Linear(3 * width, width), nn.GELU())
        self.place = nn.Linear(width, 2)
        self.kind = nn.Linear(width, kinds)

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """States `[B, L, D]` to places `[B, L, 2]` and classes `[B, L, C]`."""
        summary = states[:, :1].expand_as(states)
        before = torch.cat([states[:, :1], states[:, :-1]], dim=1)
        hidden = self.mix(torch.cat([states, before, summary], dim=-1))
        return self.place(hidden), self.kind(hidden)
