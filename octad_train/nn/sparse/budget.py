"""How much each item of an input may look at, by the length of the input and the reach of its relations.

Legend: B batch, L items, P pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

RADII = (64, 128, 256)
"""How far an item may look on either side."""
NEIGHBOURS = (4, 8, 16)
"""How many items outside of the radius it may look at because of a relation."""
COVERED = 0.9
"""The share of pairs that the radius should reach, and of the others that should be kept."""
DENSE = 768
"""Items up to which everything looks at everything. At this length a layer with relations took 32 ms at once
and 34 in chunks, at 1,024 items 84 and 36 (`benchmarks/attention.py`, one core of a Xeon with AMX)."""


class Budget(NamedTuple):
    """What a batch may spend: `radius` and `neighbours`, `[B]` each."""

    radius: Tensor
    neighbours: Tensor


def budget_of(mask: Tensor, pairs: Tensor) -> Budget:
    """From the mask `[B, L]` and pairs `[P, 3]` (row, source, target), each row by itself."""
    budgets = [_row(int(mask[row].sum()), pairs[pairs[:, 0] == row]) for row in range(len(mask))]
    radius, neighbours = torch.tensor(budgets, device=mask.device).unbind(1)
    return Budget(radius, neighbours)


def _row(items: int, pairs: Tensor) -> tuple[int, int]:
    """Radius and neighbours of one input."""
    if items <= DENSE:
        return DENSE, 0
    distance = (pairs[:, 1] - pairs[:, 2]).abs()
    radius = _first(RADII, distance)
    # How many far targets each source has that has any.
    _, counts = pairs[distance > radius, 1].unique(return_counts=True)  # type: ignore[no-untyped-call]
    return radius, _first(NEIGHBOURS, counts)


def _first(choices: tuple[int, ...], values: Tensor) -> int:
    """The first choice that reaches enough of the values, or the last."""
    return next((c for c in choices if bool((values > c).sum() <= (1 - COVERED) * len(values))), choices[-1])
