"""Attention over a pattern: how it is computed on the device at hand.

Legend: B batch, L items, H heads, d width of a head, P pairs.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from octad_train.nn.sparse.blocks import Blocks
from octad_train.nn.sparse.chunk import Parts
from octad_train.nn.sparse.chunks import Chunks
from octad_train.nn.sparse.pattern import Pattern


class Plan(Protocol):
    """A pattern made ready for attention, once for every layer."""

    def attend(
        self, parts: Parts, bias: Tensor | None = None, *, scale: float | None = None, dropout: float = 0.0
    ) -> Tensor:
        """Query, key, value `[B, H, L, d]` and the bias of the pattern's pairs `[P, H]` to `[B, H, L, d]`."""


def plan_of(pattern: Pattern) -> Plan:
    """One fused kernel on GPUs, chunks everywhere else."""
    return Blocks(pattern) if pattern.mask.is_cuda else Chunks(pattern)
