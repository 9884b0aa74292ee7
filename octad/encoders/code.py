"""Code as items: its tokens, with features and typed relations, read by the backbone as one sequence.

Legend: T tokens of a unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Encoder, Items
from octad.encoders.prepared import Prepared
from octad.encoders.sequences import TokenSequence
from octad.records.code import Code
from octad.records.report import Anchor
from octad.syntax.relations import Relation
from octad.syntax.repairs import anchor_of
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import MOST, Tokens

FEATURES = (32, 16, 16, 2, 2, 3)
"""Sizes of the categorical features: kind, case shape, depth, first of its line, changed, role."""
RELATIONS = len(Relation)


class CodeEncoder(Encoder):
    """A unit of code, at most `limit` tokens of it; each token but the summary is an item."""

    token_features = FEATURES
    token_relations = RELATIONS

    def __init__(self, *fields: str, limit: int = MOST) -> None:
        super().__init__(*fields)
        self.limit = limit

    def items(self, code: Code | None) -> Items | None:
        """The tokens of the unit, grouped by line."""
        if code is None:
            return None
        tokens = tokenize(code, self.limit)
        return Items(
            names=tokens.words[1:],
            anchors=_Anchors(tokens, code.path),
            tokens=TokenSequence(tokens.words, features(tokens), tokens.edges),
            groups=tokens.spans[1:, 0],
            source=tokens,
            left_out=f"only the first {len(tokens) - 1} tokens were read" if tokens.truncated else "",
        )


class _Anchors(Sequence[Anchor | None]):
    """The places of tokens, made when they are asked for: a file has thousands of them."""

    def __init__(self, tokens: Tokens, path: str) -> None:
        self.tokens, self.path = tokens, path

    def __len__(self) -> int:
        return len(self.tokens) - 1

    @overload
    def __getitem__(self, index: int) -> Anchor | None: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Anchor | None]: ...
    def __getitem__(self, index: int | slice) -> Anchor | Sequence[Anchor | None] | None:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return anchor_of(self.tokens, range(len(self))[index] + 1, self.path)

    def __iter__(self) -> Iterator[Anchor | None]:
        return (self[i] for i in range(len(self)))


def tokens_of(unit: Prepared) -> Tokens:
    """The tokens of the code of a case; token i is item i. Raises LookupError where there is no code."""
    found: Tokens = unit.source(Tokens)
    return found


def features(tokens: Tokens) -> NDArray[np.uint8]:
    """The categorical features `[T, 6]` of a unit, in the order of FEATURES."""
    columns = (
        tokens.kind,
        tokens.shape,
        tokens.depth,
        tokens.first.astype(np.uint8),
        tokens.changed.astype(np.uint8),
        tokens.role,
    )
    return np.stack(columns, axis=1)
