"""Typed relations between items as a learned bias on attention.

Legend: B batch, L items, H heads, R relations, E edges.
"""

from __future__ import annotations

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
    CPUs. `gain` multiplies the stored weight: under Adam it acts as a learning rate of its own.
    """

    gain: Tensor

    def __init__(self, layers: int, heads: int, relations: int, *, gain: float = 30.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(layers, heads, relations))
        self.register_buffer("gain", torch.full((relations,), gain), persistent=False)

    def forward(self, indicator: Tensor) -> list[Tensor]:
        """From `[B, R, L, L]` to one `[B, H, L, L]` per layer."""
        B, R, L, _ = indicator.shape
        flat = indicator.reshape(B, R, L * L)
        weight = (self.weight * self.gain).to(indicator.dtype)
        return [(layer @ flat).reshape(B, -1, L, L) for layer in weight]
