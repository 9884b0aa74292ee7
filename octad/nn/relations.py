"""Typed relations between items as a learned bias on attention.

Legend: B batch, L items, H heads, R relations, E edges, P pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def one_hot(edges: Tensor, batch: int, items: int, relations: int, dtype: torch.dtype) -> Tensor:
    """Dense indicator `[B, R, L, L]` of sparse edges `[E, 4]`: row, source, target, relation."""
    dense = torch.zeros(batch, relations, items, items, dtype=dtype, device=edges.device)
    row, source, target, relation = edges.long().unbind(1)
    dense[row, relation, source, target] = 1
    return dense


class RelationBias(nn.Module):
    """A bias per layer, head and relation, added to the scores inside the softmax.

    It starts at zero, so that the pre-trained model is the starting point. The bias is made by a
    product with the indicator, not by an embedding gather, whose backward dominates training on
    CPUs. `gain` multiplies the stored weight: under Adam it acts as a learning rate of its own; relations
    that are left out have none.
    """

    gain: Tensor

    def __init__(
        self, layers: int, heads: int, relations: int, *, gain: float = 30.0, without: Sequence[int] = ()
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(layers, heads, relations))
        gains = torch.full((relations,), gain)
        gains[list(without)] = 0
        self.register_buffer("gain", gains, persistent=False)

    def forward(self, indicator: Tensor) -> list[Tensor]:
        """From `[B, R, L, L]` to one `[B, H, L, L]` per layer."""
        B, R, L, _ = indicator.shape
        flat = indicator.reshape(B, R, L * L)
        weight = (self.weight * self.gain).to(indicator.dtype)
        return [(layer @ flat).reshape(B, -1, L, L) for layer in weight]

    def of_pairs(self, kinds: Tensor) -> list[Tensor]:
        """The same for pairs that stand in a list: from `[P, R]` to one `[P, H]` per layer."""
        weight = (self.weight * self.gain).to(kinds.dtype)
        return [kinds @ layer.T for layer in weight]


class NoRelations(nn.Module):
    """The absence of a relation bias."""

    def forward(self, indicator: Tensor) -> list[Tensor]:
        """No bias at all, whatever the edges `[B, R, L, L]`."""
        return []

    def of_pairs(self, kinds: Tensor) -> list[Tensor]:
        """Nor for pairs `[P, R]`."""
        return []
