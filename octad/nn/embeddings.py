"""From word pieces and features to one vector per item.

Legend: B batch, L items, N items of a batch, D width, M pieces.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class PieceMean(nn.Module):
    """Mean of the embeddings of an item's word pieces; an item without pieces is zero."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table, requires_grad=False)

    def forward(self, pieces: Tensor, starts: Tensor) -> Tensor:
        """Piece ids `[M]` and the first piece of each of N items `[N]` to `[N, D]`."""
        return F.embedding_bag(pieces, self.table, starts, mode="mean")


class FeatureSum(nn.Module):
    """Sum of one learned embedding per categorical feature, zero at the start."""

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        super().__init__()
        self.sizes = tuple(sizes)
        offsets = torch.tensor([0, *torch.tensor(sizes).cumsum(0).tolist()[:-1]])
        self.register_buffer("offsets", offsets, persistent=False)
        self.weight = nn.Parameter(torch.zeros(sum(sizes), width))

    def forward(self, features: Tensor) -> Tensor:
        """Features `[B, L, F]` to `[B, L, D]`."""
        offsets: Tensor = self.get_buffer("offsets")
        return F.embedding(features.long() + offsets, self.weight).sum(-2)
