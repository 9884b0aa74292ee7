"""What attention over a pattern must equal: plain sums in double precision over a full table of pairs."""

from __future__ import annotations

from typing import NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor

from octad_train.nn.sparse.budget import Budget
from octad_train.nn.sparse.chunk import Parts
from octad_train.nn.sparse.pattern import Pattern, pairs_of, pattern_of

HEADS, RELATIONS = 2, 3


class Case(NamedTuple):
    """A random pattern, and what there is to attend to: query, key, value and a weight `[H, R]`."""

    pattern: Pattern
    parts: Parts
    weight: Tensor

    @property
    def bias(self) -> Tensor:
        """The bias of the pattern's pairs `[P, H]`."""
        return self.pattern.pairs.kinds.to(self.weight.dtype) @ self.weight.T


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Rows of different lengths with random edges, radii and budgets; numbers in double precision."""
    rows, items = draw(st.integers(1, 3)), draw(st.integers(1, 40))
    edges, shared = draw(st.integers(0, 60)), draw(st.integers(0, 3))
    torch.manual_seed(draw(st.integers(0, 2**16)))
    return random(rows, items, edges, shared)


def random(rows: int, items: int, edges: int, shared: int) -> Case:
    """A case of some size from the seed of the moment."""
    ends = (rows, items, items, RELATIONS)
    table = torch.stack([torch.randint(0, end, (edges,)) for end in ends], 1)
    mask = torch.arange(items) < torch.randint(1, items + 1, (rows, 1))
    budget = Budget(torch.randint(0, items + 2, (rows,)), torch.randint(0, 4, (rows,)))
    pattern = pattern_of(mask, pairs_of(table, items, RELATIONS), budget, shared=shared)
    q, k, v = (torch.randn(rows, HEADS, items, 4, dtype=torch.float64) for _ in range(3))
    return Case(pattern, (q, k, v), torch.randn(HEADS, RELATIONS, dtype=torch.float64))


def allowed(pattern: Pattern) -> Tensor:
    """Which pairs may be attended, `[B, L, L]`."""
    item = torch.arange(pattern.mask.shape[1])
    near = (item[:, None] - item).abs() <= pattern.radius[:, None, None]
    found = near | (item < pattern.shared) | (item < pattern.shared)[:, None]
    row, source, target = pattern.pairs.at.unbind(1)
    found[row, source, target] = True
    return found & pattern.mask[:, None]


def attention(case: Case) -> Tensor:
    """The states `[B, H, L, d]`."""
    q, k, v = case.parts
    row, source, target = case.pattern.pairs.at.unbind(1)
    size = len(q), case.weight.shape[0], q.shape[2], q.shape[2]
    bias = torch.zeros(size, dtype=case.weight.dtype).permute(0, 2, 3, 1)
    bias = bias.index_put((row, source, target), case.bias).permute(0, 3, 1, 2)
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + bias
    lowest = torch.finfo(scores.dtype).min
    states: Tensor = scores.masked_fill(~allowed(case.pattern)[:, None], lowest).softmax(-1) @ v
    return states
