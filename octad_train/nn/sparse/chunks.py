"""Attention over a pattern, chunk by chunk: one softmax over everything that a query may look at.

The keys of a chunk are the blocks around it, the shared items and the far targets of its relations, side by
side: no sums have to be merged, and the memory of a chunk does not know the length.

Legend: B batch, L items, H heads, d width of a head, P pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from octad_train.nn.sparse.chunk import Mix, Parts, Top, chunk_of, divided
from octad_train.nn.sparse.pattern import Pattern

SIZE = 64
"""Queries of a chunk: the fastest of 32, 64, 128 and 256 at 1,024 to 16,384 items of code on one core."""


class Chunks:
    """A pattern cut into chunks, once for every layer; everything in one where it is dense."""

    def __init__(self, pattern: Pattern, size: int = SIZE) -> None:
        self.size = pattern.mask.shape[1] if pattern.dense else size
        self.top = Top(pattern)
        self.chunks = [
            chunk_of(pattern, slice(n * self.size, (n + 1) * self.size), pairs)
            for n, pairs in enumerate(divided(pattern, self.size, self.top.shared))
        ]
        self.far = torch.cat([chunk.far for chunk in self.chunks], 1)

    def attend(
        self, parts: Parts, bias: Tensor | None = None, *, scale: float | None = None, dropout: float = 0.0
    ) -> Tensor:
        """Query, key, value `[B, H, L, d]` and the bias of the pattern's pairs `[P, H]` to `[B, H, L, d]`."""
        mix = partial(F.scaled_dot_product_attention, dropout_p=dropout, scale=scale)
        answers = self._answers(parts, bias, mix)
        return self.top.over(_joined(answers, parts[0], self.size), parts, bias, mix)

    def _answers(self, parts: Parts, bias: Tensor | None, mix: Mix) -> Iterator[Tensor]:
        """The states of one chunk after the other, `[B, H, size, d]`."""
        # Split, not sliced: the way back of a slice fills a tensor of the whole length, once per chunk.
        queries, keys, values = (torch.split(part, self.size, 2) for part in parts)
        sizes = [chunk.far.shape[1] for chunk in self.chunks]
        far_keys, far_values = (torch.split(_gather(part, self.far), sizes, 2) for part in parts[1:])
        for chunk, query, far_key, far_value in zip(self.chunks, queries, far_keys, far_values, strict=True):
            around = slice(chunk.first, chunk.last)
            key = torch.cat([*keys[around], far_key], 2)
            value = torch.cat([*values[around], far_value], 2)
            yield mix(query, key, value, chunk.mask(query, bias))


def _joined(answers: Iterator[Tensor], like: Tensor, size: int) -> Tensor:
    """The answers of chunks `[B, H, size, d]` as one tensor `[B, H, L, d]`."""
    if torch.is_grad_enabled():
        return torch.cat(list(answers), 2)
    # Put in place one by one: hundreds of small tensors kept between large ones would tear the heap.
    states = torch.empty_like(like)
    for place, answer in zip(torch.split(states, size, 2), answers, strict=True):
        place.copy_(answer)
    return states


def _gather(part: Tensor, items: Tensor) -> Tensor:
    """The items `[B, M]` of keys or values: `[B, H, L, d]` to `[B, H, M, d]`."""
    B, H, _, d = part.shape
    return part.gather(2, items[:, None, :, None].expand(B, H, -1, d))
