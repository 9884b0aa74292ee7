"""Several prepared cases as padded arrays: the one batch of all agents.

Legend: B cases, N items of the longest, G sequences of a group, L tokens of the longest, F features of a
token, M states of all sequences end to end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.encoders.prepared import Prepared
from octad.encoders.sequences import PieceSequence

Array = NDArray[Any]
Ints = NDArray[np.int32]
TOKENS = 2_048
"""Padded tokens of one group of sequences: large enough to fill two cores, small enough for memory."""
WASTE = 0.1
"""The share of a group, or of a batch, that may be padding."""


class TokenBatch(NamedTuple):
    """Padded sequences: `pieces`, the first piece of each token in `starts` `[G * L]`; `edges` have rows."""

    pieces: Ints
    starts: Ints
    features: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    edges: Ints


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded cases. `sequences` are distinct; `reads` `[B, N]` number their states end to end, -1 for none.

    `features` `[B, N, 2]`, `numbers` `[B, N, K]`, `subject` and `mask` `[B, N]`; `edges` rows are (case,
    source, target, relation). `added` are the arrays of extensions, `words` their runs of word pieces
    (pieces, starts, shape before the width) that are read as the means of embeddings.
    """

    sequences: tuple[PieceSequence, ...]
    reads: Ints
    features: NDArray[np.uint8]
    numbers: NDArray[np.float32]
    subject: Ints
    mask: NDArray[np.bool_]
    edges: Ints
    added: Mapping[str, Array] = field(default_factory=dict)
    words: Mapping[str, tuple[Ints, Ints, tuple[int, ...]]] = field(default_factory=dict)

    def items(self) -> dict[str, Array]:
        """The arrays that a core reads beside vectors and relations, by their names."""
        names = ("features", "numbers", "subject", "mask")
        return {**{name: getattr(self, name) for name in names}, **self.added}


def padded(lengths: Sequence[int]) -> int:
    """The length of a batch: a multiple of 8, without which GPUs fall back to slow attention."""
    return -(-max(lengths) // 8) * 8


def with_row(parts: Sequence[Ints]) -> Ints:
    """Concatenate sparse arrays `[n, k]`, each with its row number in front: `[sum n, k + 1]`."""
    rows = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    return np.concatenate([rows[:, None], np.concatenate(parts)], axis=1)


def collate(units: Sequence[Prepared]) -> Batch:
    """Pad cases to the longest of them; a text that several of them have is kept once."""
    B, N = len(units), padded([len(unit) for unit in units])
    places: dict[str, int] = {}
    sequences: list[PieceSequence] = []
    reads = np.full((B, N), -1, np.int32)
    features, mask = np.zeros((B, N, 2), np.uint8), np.zeros((B, N), np.bool_)
    numbers = np.zeros((B, N, units[0].numbers.shape[1]), np.float32)
    subject = np.zeros((B, N), np.int32)
    end = 0
    for row, unit in enumerate(units):
        n = len(unit)
        first = np.full(len(unit.sequences) + 1, -1, np.int32)
        for number, one in enumerate(unit.sequences):
            if one.key not in places:
                places[one.key] = end
                sequences.append(one)
                end += one.rows
            first[number] = places[one.key]
        reads[row, :n] = np.where(unit.reads[:, 0] >= 0, first[unit.reads[:, 0]] + unit.reads[:, 1], -1)
        features[row, :n], mask[row, :n] = unit.features, unit.mask
        numbers[row, :n], subject[row, :n] = unit.numbers, unit.subject
    edges = with_row([unit.edges for unit in units])
    return Batch(tuple(sequences), reads, features, numbers, subject, mask, edges)


def token_batch(sequences: Sequence[PieceSequence]) -> TokenBatch:
    """Pad sequences to the longest of them."""
    G, L = len(sequences), padded([len(one) for one in sequences])
    starts = np.zeros((G, L), np.int32)
    features = np.zeros((G, L, max(one.features.shape[1] for one in sequences)), np.uint8)
    mask = np.zeros((G, L), np.bool_)
    total = 0
    for row, one in enumerate(sequences):
        n = len(one)
        starts[row, :n] = one.starts + total
        total += len(one.pieces)
        starts[row, n:] = total
        features[row, :n, : one.features.shape[1]] = one.features
        mask[row, :n] = one.mask
    return TokenBatch(
        np.concatenate([one.pieces for one in sequences]),
        starts.reshape(-1),
        features,
        mask,
        with_row([one.edges for one in sequences]),
    )


def groups(sequences: Sequence[PieceSequence], budget: int = TOKENS) -> list[list[int]]:
    """Sequences in groups that are padded together: those read token by token apart from pooled ones."""
    found: list[list[int]] = []
    for pooled in (False, True):
        own = [i for i, one in enumerate(sequences) if one.pooled == pooled]
        lengths = [padded([len(sequences[i])]) for i in own]
        found += [[own[i] for i in part] for part in cut(lengths, budget, WASTE)]
    return found


def cut(costs: Sequence[int], budget: int, waste: float = 1.0) -> list[list[int]]:
    """Indices sorted by cost, cut so that each batch's padded cost stays within the budget.

    No more than the share `waste` of a batch is padding.
    """
    batches: list[list[int]] = []
    current: list[int] = []
    held = 0
    for index in sorted(range(len(costs)), key=costs.__getitem__):
        padding, held = (len(current) + 1) * costs[index], held + costs[index]
        if current and (padding > budget or padding - held > waste * padding):
            batches.append(current)
            current, held = [], costs[index]
        current.append(index)
    return [*batches, current] if current else batches


def states_of(one: PieceSequence, states: Array) -> Array:
    """The states `[rows, W]` that a sequence gives from those of its tokens `[T, W]`, padding left out."""
    own = states[: len(one)]
    return own[one.mask].mean(0, keepdims=True) if one.pooled else own
