"""Boosted trees as tensors: fitted elsewhere, run and exported with the rest of the network.

Legend: B rows, N numbers of a row, T trees, M nodes of all trees.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

TREES, LEAVES, DEPTH = 240, 12, 8
"""What there is room for: trees, leaves of each, steps from a root to a leaf."""
NODES = 2 * LEAVES - 1
ALONE = (1.0, 0.0, 0.0)
"""The weights of the logit, of the trees and of a constant where the logit stays as it is."""


class Trees(nn.Module):
    """The sum of one leaf of every tree; a leaf leads to itself. All are zero before anything is fitted."""

    column: Tensor
    threshold: Tensor
    low: Tensor
    high: Tensor
    value: Tensor

    def __init__(self) -> None:
        super().__init__()
        nodes = torch.arange(TREES * NODES, dtype=torch.int32)
        self.register_buffer("column", torch.zeros_like(nodes))
        self.register_buffer("threshold", torch.zeros(len(nodes)))
        self.register_buffer("low", nodes.clone())
        self.register_buffer("high", nodes.clone())
        self.register_buffer("value", torch.zeros(len(nodes)))

    def forward(self, rows: Tensor) -> Tensor:
        """Rows `[B, N]` to log-odds `[B]`: left where a number is at most the threshold of the node."""
        column, low, high = self.column.long(), self.low.long(), self.high.long()
        roots = torch.arange(0, TREES * NODES, NODES, device=rows.device)
        # Added, not expanded to [B, T]: a traced graph would keep B as it was.
        at = roots + torch.zeros_like(rows[:, :1], dtype=torch.long)
        for _ in range(DEPTH):
            at = torch.where(rows.gather(1, column[at]) <= self.threshold[at], low[at], high[at])
        return self.value[at].sum(1)


class Opinion(nn.Module):
    """A logit stacked with what trees say of the numbers of one item (Wolpert 1992).

    The item is the first kind of a stream; where it is absent or hidden the logit stays as it is. Before
    anything is fitted it stays so everywhere.
    """

    weight: Tensor

    def __init__(self, stream: int) -> None:
        super().__init__()
        self.stream = stream
        self.trees = Trees()
        self.register_buffer("weight", torch.tensor(ALONE))

    def forward(self, logit: Tensor, features: Tensor, numbers: Tensor, mask: Tensor) -> Tensor:
        """Logit `[B, 1]`, features `[B, L, 2]`, numbers `[B, L, N]` and mask `[B, L]` to a logit `[B, 1]`."""
        own = (features[..., 0] == self.stream) & (features[..., 1] == 0) & mask
        rows = (numbers.float() * own[..., None]).sum(1)
        said = self.trees(rows)[:, None]
        stacked = self.weight[0] * logit.float() + self.weight[1] * said + self.weight[2]
        return torch.where(own.any(1)[:, None], stacked, logit.float())
