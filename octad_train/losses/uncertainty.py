"""Learned weights of several losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn


class Uncertainty(nn.Module):
    """Homoscedastic uncertainty per task (Kendall, Gal and Cipolla 2018).

    Each loss l becomes exp(-s) l + s / 2 with its own learned s, so that noisy tasks count less.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.log_variance = nn.ParameterDict({name: nn.Parameter(torch.zeros(())) for name in names})

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """The weighted sum `[]` of losses `[]`."""
        parts = [
            torch.exp(-self.log_variance[name]) * loss + 0.5 * self.log_variance[name]
            for name, loss in losses.items()
        ]
        return torch.stack(parts).sum()
