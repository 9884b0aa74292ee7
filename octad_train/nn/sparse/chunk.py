"""A few queries and the keys that they look at: the unit in which a pattern is worked through.

Legend: B batch, L items, H heads, d width of a head, Q queries of a chunk, K its keys,
M those of them that are far away, P pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from octad_train.nn.sparse.pattern import Pattern

Parts = tuple[Tensor, Tensor, Tensor]
"""Query, key and value, `[B, H, L, d]` each."""
Mix = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""Attention of queries over keys and values under a mask."""


class Chunk(NamedTuple):
    """What the queries of a chunk look at: the blocks `first` to `last`, and the items `far` `[B, M]`.

    `allowed` `[B, 1, Q, K]` says which of these keys each query may look at. `pairs` `[p]` are the numbers of
    those pairs of the pattern that begin here, `at` `[p, 3]` their row, query and key in the chunk.
    """

    first: int
    last: int
    far: Tensor
    allowed: Tensor
    pairs: Tensor
    at: Tensor

    def mask(self, query: Tensor, bias: Tensor | None) -> Tensor:
        """What is added to the scores `[B, H, Q, K]`, or what is allowed where there is no bias `[P, H]`."""
        if bias is None:
            return self.allowed
        # A query that may look at nothing is padding: it stays finite, because the lowest number is.
        lowest = torch.finfo(query.dtype).min
        plain = torch.zeros_like(self.allowed, dtype=query.dtype).masked_fill_(~self.allowed, lowest)
        head = torch.arange(query.shape[1], device=query.device)
        row, item, other = self.at[:, :, None].unbind(1)
        places = (row, head, item, other)
        return plain.expand(-1, len(head), -1, -1).index_put(places, bias[self.pairs].to(query.dtype))


class Top:
    """The shared items, which look at everything: `[B, H, G, L]` scores, G of them."""

    def __init__(self, pattern: Pattern) -> None:
        B, L = pattern.mask.shape
        self.shared = 0 if pattern.dense else min(pattern.shared, L)
        pairs = (pattern.pairs.at[:, 1] < self.shared).nonzero().squeeze(1)
        allowed = pattern.mask[:, None, None, :].expand(B, 1, self.shared, L)
        self.chunk = Chunk(0, 0, pairs.new_zeros(B, 0), allowed, pairs, pattern.pairs.at[pairs])

    def over(self, states: Tensor, parts: Parts, bias: Tensor | None, mix: Mix) -> Tensor:
        """The states `[B, H, L, d]` of all items with those of the shared ones in their place."""
        if not self.shared:
            return states
        query, key, value = parts
        query = query[:, :, : self.shared]
        top = mix(query, key, value, self.chunk.mask(query, bias))
        return torch.cat([top, states[:, :, self.shared :]], 2)


def divided(pattern: Pattern, size: int, shared: int) -> tuple[Tensor, ...]:
    """The numbers of the pairs of each chunk; those of shared sources belong to none."""
    length, source = pattern.mask.shape[1], pattern.pairs.at[:, 1].contiguous()
    order = torch.argsort(source, stable=True)
    order = order[torch.searchsorted(source[order], shared) :]
    chunks = torch.bincount(source[order] // size, minlength=-(-length // size))
    return torch.split(order, chunks.tolist())


def chunk_of(pattern: Pattern, queries: slice, pairs: Tensor) -> Chunk:
    """The chunk of some queries, with their pairs."""
    size, length = queries.stop - queries.start, pattern.mask.shape[1]
    blocks = -(-min(int(pattern.radius.max()), length - 1) // size)
    first, last = max(0, queries.start // size - blocks), queries.start // size + 1 + blocks
    around = torch.arange(first * size, min(length, last * size), device=pattern.mask.device)
    row, item, target = pattern.pairs.at[pairs].unbind(1)
    before = min(pattern.shared, first * size)
    outside = ((target >= before) & (target < around[0])) | (target > around[-1])
    far, place = distinct(row[outside], target[outside], len(pattern.mask))
    far = F.pad(far, (before, 0))
    far[:, :before] = torch.arange(before, device=far.device)
    key = torch.where(target < around[0], target + len(around), target - around[0])
    key[outside] = place + len(around) + before
    at = torch.stack([row, item - queries.start, key], 1)
    keys = torch.cat([around.expand(len(far), -1), far], 1)
    allowed = _allowed(pattern, torch.arange(length, device=far.device)[queries], keys)
    allowed[at[:, 0], 0, at[:, 1], at[:, 2]] = True
    return Chunk(first, last, far.clamp(min=0), allowed, pairs, at)


def distinct(row: Tensor, item: Tensor, rows: int) -> tuple[Tensor, Tensor]:
    """The distinct items of each row `[B, M]`, -1 where it has fewer, and the place in it of each given."""
    most = int(item.max()) + 1 if len(item) else 1
    codes, index = torch.unique(row * most + item, return_inverse=True)
    counts = torch.bincount(codes // most, minlength=rows)
    place = torch.arange(len(codes), device=row.device) - (counts.cumsum(0) - counts)[codes // most]
    found = row.new_full((rows, int(counts.max())), -1)
    found[codes // most, place] = codes % most
    return found, place[index]


def _allowed(pattern: Pattern, queries: Tensor, keys: Tensor) -> Tensor:
    """Which keys `[B, K]` queries `[Q]` may look at without a relation: `[B, 1, Q, K]`."""
    near = (queries[:, None] - keys[:, None, :]).abs() <= pattern.radius[:, None, None]
    there = (keys >= 0) & pattern.mask.gather(1, keys.clamp(min=0))
    return ((near | (keys < pattern.shared)[:, None, :]) & there[:, None, :])[:, None]
