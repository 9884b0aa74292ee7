"""Two made-up inputs of short texts, for tests of what is made of items."""

from __future__ import annotations

from typing import Any

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.fusion.fusion import Fusion
from octad.records.base import Record
from octad.records.report import Anchor

FUSION = Fusion(size=16, heads=2, layers=(1, 1), bottlenecks=2)
SHARED = 3
"""A summary and two bottleneck items."""
PLACE = Anchor(path="a.log", line=4, end_line=4, end_column=9)


class Case(Record):
    left: tuple[str, ...] | None = None
    right: tuple[str, ...] | None = None


class Words(Encoder):
    """An item per entry `text@subject#link`; the first owns the second and is no candidate."""

    kinds = 2

    def __init__(self, size: int, relations: int, *fields: str) -> None:
        super().__init__(*fields)
        self.size, self.relations = size, relations

    def items(self, entries: tuple[str, ...] | None) -> Items | None:
        if entries is None:
            return None
        texts, rest = zip(*(entry.split("@") for entry in entries), strict=True) if entries else ((), ())
        subjects, links = zip(*(one.split("#") for one in rest), strict=True) if rest else ((), ())
        n = len(texts)
        return Items(
            texts=texts, numbers=1 + np.arange(n * self.size, dtype=np.float32).reshape(n, self.size),
            kinds=tuple(i % 2 for i in range(n)), names=texts, anchors=(PLACE, *[None] * n)[:n],
            subjects=subjects, links=tuple((link,) if link else () for link in links),
            candidates=tuple(i > 0 for i in range(n)), owners=(0, 0, *range(2, n))[:n],
            edges=np.array([(0, 1, self.relations - 1)] if n > 1 else [], np.int32).reshape(-1, 3),
            source=entries,
        )  # fmt: skip


INPUTS: dict[str, Encoder] = {"left": Words(2, 1), "other": Words(1, 2, "right")}
LEFT = ("def@cart#a.py", "return x@stock#", "if@#b.py")
RIGHT = ("not@stock#a.py", "is@cart#b.py", "none@stock#")


def prepared(pieces: WordPieces, left: Any = LEFT, right: Any = RIGHT) -> Prepared:
    return FUSION.prepare(Case(left=left, right=right), INPUTS, pieces)
