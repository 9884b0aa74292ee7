"""Code as items with relations: lexemes, their word pieces and features, typed edges.

Legend: N items of one unit; B units in a batch, L the longest of them, M pieces, E edges, T uses, F far words
of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.modalities.uses import FAR, NO_USES, Uses, uses_of
from octad.records.code import Code
from octad.records.defined import Defined
from octad.records.report import Anchor
from octad.syntax.items import MOST
from octad.syntax.relations import Relation
from octad.syntax.repairs import anchor_of
from octad.syntax.tokens import Tokens, tokenize

if TYPE_CHECKING:
    from octad.modalities.base import Prepared
    from octad.modalities.pieces import Pieces

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]

LINES, BEST, LEXEMES = 16, 4, 24
"""How far evidence is sought: lines near a claim, the best of these, lexemes of them."""

FEATURES = (32, 16, 16, 2, 2, 3)
"""Sizes of the categorical features: kind, case shape, depth, first of its line, changed, role."""

RELATIONS = len(Relation)


@dataclass(frozen=True, slots=True)
class PreparedCode:
    """A unit of code as arrays; `cost` is its number of items."""

    tokens: Tokens
    pieces: Ints
    starts: Ints
    features: NDArray[np.uint8]
    fingerprint: str
    uses: Uses = NO_USES

    @property
    def cost(self) -> int:
        """How many items an encoder has to read."""
        return len(self.tokens.words)

    @property
    def present(self) -> frozenset[str]:
        """Nothing is said of inputs: there is one, and it is always there."""
        return frozenset()

    @property
    def first(self) -> int:
        """Item 0 is the summary."""
        return 1

    def neighbourhood(self, item: int) -> list[Indices]:
        """The lines nearest to the item."""
        lines = self.tokens.spans[:, 0]
        others = np.array([i for i in range(1, self.cost) if i != item], np.int64)
        near = sorted({int(lines[i]) for i in others}, key=lambda n: abs(n - int(lines[item])))[:LINES]
        return [others[lines[others] == line] for line in near]

    def split(self, groups: Sequence[Indices]) -> list[Indices]:
        """The single lexemes of the lines that matter most."""
        return [lexeme for line in groups[:BEST] for lexeme in line.reshape(-1, 1)][:LEXEMES]

    def shown(self, item: int, path: str) -> tuple[Anchor, str]:
        """The place of a lexeme in `path`, and the lexeme."""
        return anchor_of(self.tokens, item, path), self.tokens.words[item]


class CodeBatch(NamedTuple):
    """Padded units; `edges` rows are (row, source, target, relation).

    `uses` `[T, 3]` (row, item, sort), `near` `[T, K]` and `meetings` `[T, M, C]` are those of
    `modalities.uses`; the pieces of far words, `[T, F]` of them, follow those of the B * L items. Where there
    is no use there is one row of zeros.
    """

    pieces: Ints
    starts: Ints
    features: NDArray[np.uint8]
    mask: Bools
    edges: Ints
    uses: Ints
    near: Ints
    meetings: NDArray[np.uint8]


class CodeModality:
    """Units of code, at most `limit` items each; `fields` name those of the code and of its definitions."""

    def __init__(self, limit: int = MOST, *, fields: tuple[str, ...] = ()) -> None:
        self.limit = limit
        self.fields = fields

    def prepare(self, code: Code, pieces: Pieces, context: Sequence[Defined] = ()) -> PreparedCode:
        """Tokens, relations, pieces and features of one unit, and its uses of definitions; pure."""
        tokens = tokenize(code, self.limit)
        words = [(pieces.summary,), *map(pieces.of, tokens.words[1:])]
        lengths = np.fromiter(map(len, words), np.int32, len(words))
        starts = np.zeros(len(words), np.int32)
        np.cumsum(lengths[:-1], out=starts[1:])
        flat = np.fromiter((p for word in words for p in word), np.int32, int(lengths.sum()))
        uses = uses_of(code, tokens, context, pieces)
        return PreparedCode(tokens, flat, starts, features(tokens), fingerprint(code), uses)

    def collate(self, units: Sequence[PreparedCode]) -> CodeBatch:
        """Pad to the longest unit."""
        B, L = len(units), padded(units)
        starts = np.zeros((B, L), np.int32)
        table = np.zeros((B, L, len(FEATURES)), np.uint8)
        mask = np.zeros((B, L), np.bool_)
        total = 0
        for row, unit in enumerate(units):
            N = unit.cost
            starts[row, :N] = unit.starts + total
            total += len(unit.pieces)
            starts[row, N:] = total
            table[row, :N] = unit.features
            mask[row, :N] = True
        uses = with_row([unit.uses.at for unit in units])
        lengths = np.concatenate([unit.uses.lengths for unit in units])
        near = np.concatenate([unit.uses.near for unit in units])
        meetings = np.concatenate([unit.uses.features for unit in units])
        if not len(uses):
            uses, near, meetings = (
                np.zeros((1, *one.shape[1:]), one.dtype) for one in (uses, near, meetings)
            )
            lengths = np.zeros(FAR, np.int32)
        far = total + np.cumsum(lengths) - lengths
        return CodeBatch(
            np.concatenate([*(unit.pieces for unit in units), *(unit.uses.pieces for unit in units)]),
            np.concatenate([starts.reshape(-1), far.astype(np.int32)]),
            table,
            mask,
            with_row([unit.tokens.edges for unit in units]),
            uses,
            near,
            meetings,
        )


def padded(units: Sequence[Prepared]) -> int:
    """The length of a batch: a multiple of 8, without which GPUs fall back to slow attention."""
    return -(-max(unit.cost for unit in units) // 8) * 8


def features(tokens: Tokens) -> NDArray[np.uint8]:
    """The categorical features `[N, 6]` of a unit, in the order of FEATURES."""
    columns = (
        tokens.kind,
        tokens.shape,
        tokens.depth,
        tokens.first.astype(np.uint8),
        tokens.changed.astype(np.uint8),
        tokens.role,
    )
    return np.stack(columns, axis=1)


def with_row(parts: Sequence[Ints]) -> Ints:
    """Concatenate sparse arrays `[n, k]`, each with its row number in front: `[sum n, k + 1]`."""
    rows = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    return np.concatenate([rows[:, None], np.concatenate(parts)], axis=1)


def fingerprint(code: Code) -> str:
    """A digest of what prepare reads, so that a cache can be keyed by it."""
    changed = "" if code.changed is None else repr([(r.first, r.last) for r in code.changed])
    content = "\0".join((code.language, str(code.first_line), changed, code.text))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
