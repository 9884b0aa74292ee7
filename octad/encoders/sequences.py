"""Texts as the backbone reads them: sequences of tokens, each of a few word pieces.

Legend: T tokens, F features of a token, E edges, P word pieces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from octad.encoders.word_pieces import WordPieces

Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TokenSequence:
    """Tokens with features and relations, before word pieces: `features` `[T, F]`, `edges` `[E, 3]`.

    The first word stands for the whole sequence and is replaced by the summary token of the backbone.
    """

    words: tuple[str, ...]
    features: Bytes
    edges: Ints


@dataclass(frozen=True)
class PieceSequence:
    """One sequence in word pieces.

    `pieces` `[P]` of all tokens, `starts` `[T]` the first piece of each, `features` `[T, F]`, `edges`
    `[E, 3]` (source, target, relation), `mask` `[T]` false for tokens that are hidden. A `pooled` sequence is
    read as the mean of its states, any other token by token.
    """

    pieces: Ints
    starts: Ints
    features: Bytes
    edges: Ints
    mask: Bools
    pooled: bool

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def rows(self) -> int:
        """How many states it gives."""
        return 1 if self.pooled else len(self)

    @cached_property
    def key(self) -> str:
        """A digest of everything that the backbone reads, so that states can be remembered by content."""
        found = hashlib.sha256(str(self.pooled).encode())
        for array in (self.pieces, self.starts, self.features, self.edges, self.mask):
            found.update(f"{array.shape}".encode())
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()


def of_text(text: str, pieces: WordPieces) -> PieceSequence:
    """A plain text, one token for each word piece, between the marks that the backbone knows."""
    ids = np.array(pieces.of_text(text), np.int32)
    n = len(ids)
    return PieceSequence(
        ids, np.arange(n, dtype=np.int32), np.zeros((n, 0), np.uint8), np.zeros((0, 3), np.int32),
        np.ones(n, np.bool_), pooled=True,
    )  # fmt: skip


def of_tokens(tokens: TokenSequence, pieces: WordPieces) -> PieceSequence:
    """Tokens of several word pieces each, behind the summary token."""
    words = [(pieces.summary,), *map(pieces.of, tokens.words[1:])]
    starts, flat = ragged(words)
    return PieceSequence(
        flat, starts, tokens.features, tokens.edges, np.ones(len(words), np.bool_), pooled=False
    )


def ragged(words: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Where each of several runs of numbers starts, and the runs end to end."""
    lengths = np.fromiter(map(len, words), np.int32, len(words))
    starts = np.zeros(len(words), np.int32)
    np.cumsum(lengths[:-1], out=starts[1:])
    return starts, np.fromiter((piece for word in words for piece in word), np.int32, int(lengths.sum()))
