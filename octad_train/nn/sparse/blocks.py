"""Attention over a pattern, block by block: what chunks compute, in one kernel on GPUs.

Legend: B batch, L items, H heads, d width of a head, P pairs, W width of the window,
N far targets of an item, K blocks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention.flex_attention import BlockMask, flex_attention

from octad_train.nn.sparse.chunk import Parts, Top
from octad_train.nn.sparse.pattern import Pattern

SIZE = 128
"""Items of a block."""


class Blocks:
    """A pattern as a block mask and as tables of where each pair is, once for every layer.

    Numbers from L on in `band` `[B, L, W]` and `far` `[B, L, N]` are pairs within the window and outside of
    it; smaller ones are none, each item with its own, so that on the way back threads do not queue for one.
    `targets` `[B, L, N]` are the items of the far pairs, -1 where there are fewer.
    """

    def __init__(self, pattern: Pattern, size: int = SIZE) -> None:
        self.mask, self.radius, self.shared = pattern.mask, pattern.radius, pattern.shared
        self.top = Top(pattern)
        self.reach = min(int(pattern.radius.max()), pattern.mask.shape[1] - 1)
        self.band, self.far, self.targets = _tables(pattern, self.reach, self.top.shared)
        touched = _touched(pattern, self.targets, size)
        order = touched.int().argsort(dim=-1, descending=True, stable=True).int()
        counts, lengths = touched.sum(-1, dtype=torch.int32), (pattern.mask.shape[1],) * 2
        self.blocks = BlockMask.from_kv_blocks(
            counts[:, None],
            order[:, None],
            BLOCK_SIZE=size,
            mask_mod=self.allowed,
            seq_lengths=lengths,
        )

    def attend(
        self, parts: Parts, bias: Tensor | None = None, *, scale: float | None = None, dropout: float = 0.0
    ) -> Tensor:
        """Query, key, value `[B, H, L, d]` and the bias of the pattern's pairs `[P, H]` to `[B, H, L, d]`.

        Raises ValueError where weights should drop out: the kernel cannot.
        """
        if dropout:
            raise ValueError("attention in blocks has no dropout of weights; use chunks")
        kernel = _fused() if parts[0].is_cuda else flex_attention
        score = None if bias is None else self.scored(bias.to(parts[0].dtype))
        states = kernel(*parts, score_mod=score, block_mask=self.blocks, scale=scale)
        return self.top.over(states, parts, bias, partial(F.scaled_dot_product_attention, scale=scale))

    def allowed(self, b: Tensor, h: Tensor, i: Tensor, j: Tensor) -> Tensor:
        """Whether item i of row b may look at item j."""
        seen = ((i - j).abs() <= self.radius[b]) | (j < self.shared)
        for n in range(self.targets.shape[2]):
            seen = seen | (self.targets[b, i, n] == j)
        return seen & self.mask[b, j]

    def scored(self, bias: Tensor) -> Callable[..., Tensor]:
        """What adds to a score the bias `[P, H]` of its pair, if it has one."""
        none = bias.new_zeros(self.mask.shape[1], bias.shape[1])
        table = torch.cat([none, bias])

        def score(s: Tensor, b: Tensor, h: Tensor, i: Tensor, j: Tensor) -> Tensor:
            offset = j - i + self.reach
            inside = (offset >= 0) & (offset <= 2 * self.reach)
            pair = torch.where(inside, self.band[b, i, offset.clamp(0, 2 * self.reach)], i)
            for n in range(self.targets.shape[2]):
                pair = torch.where(self.targets[b, i, n] == j, self.far[b, i, n], pair)
            # The one place where the table is read: the kernel's way back allows no more.
            return s + table[pair, h]

        return score


@cache
def _fused() -> Any:
    """The kernel, compiled at its first use."""
    return torch.compile(flex_attention, dynamic=False)


def _tables(pattern: Pattern, reach: int, shared: int) -> tuple[Tensor, Tensor, Tensor]:
    """Where the pairs are: those within `reach`, those outside of it, and the targets of the latter."""
    B, L = pattern.mask.shape
    row, source, target = pattern.pairs.at.unbind(1)
    number = torch.arange(L, L + len(row), device=row.device)
    none = torch.arange(L, device=row.device)[None, :, None]
    near = (source - target).abs() <= pattern.radius[row]
    band = none.repeat(B, 1, 2 * reach + 1)
    band[row[near], source[near], (target - source)[near] + reach] = number[near]
    away = (~near & (source >= shared)).nonzero().squeeze(1)
    item = (row * L + source)[away]  # in ascending order, as the pairs are
    place = torch.arange(len(away), device=row.device) - torch.searchsorted(item, item)
    targets = none.new_full((B, L, int(place.max()) + 1 if len(away) else 0), -1)
    far = none.repeat(B, 1, targets.shape[2])
    targets[row[away], source[away], place] = target[away]
    far[row[away], source[away], place] = number[away]
    return band, far, targets


def _touched(pattern: Pattern, targets: Tensor, size: int) -> Tensor:
    """Which blocks of keys each block of queries touches: `[B, K, K]`, the square of a small number."""
    block = torch.arange(-(-pattern.mask.shape[1] // size), device=targets.device)
    apart = (block[:, None] - block[None, :]).abs()
    touched = ((apart - 1) * size < pattern.radius[:, None, None]) | (block * size < pattern.shared)
    row, source, _ = (targets >= 0).nonzero(as_tuple=True)
    touched[row, source // size, targets[targets >= 0] // size] = True
    return touched
