"""Prose as items: its sentences in their order, each read by the backbone as a sequence.

Legend: N sentences.
"""

from __future__ import annotations

import re

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.records.report import Anchor
from octad.records.text import Text

MOST = 64
"""Sentences of one text: the first."""
_END = re.compile(r"(?<=[.!?])\s+(?=\S)|\n\s*\n|\n(?=\s*[-*+#>\d])")


class ProseEncoder(Encoder):
    """One item per sentence; edges lead from each to the next and back."""

    size = 2
    relations = 2

    def items(self, text: Text | None) -> Items | None:
        """The sentences of a text, with how far into it each stands and whether it is the first."""
        found = sentences(text.text)[:MOST] if text is not None else []
        if not found:
            return None
        n = len(found)
        order = np.arange(n - 1)
        forward = np.column_stack([order, order + 1, np.zeros_like(order)])
        back = np.column_stack([order + 1, order, np.ones_like(order)])
        return Items(
            names=tuple(sentence[:120] for sentence, _ in found),
            anchors=tuple(_anchor(line, sentence) for sentence, line in found),
            texts=tuple(sentence for sentence, _ in found),
            numbers=np.array([(i / n, float(i == 0)) for i in range(n)], np.float32),
            candidates=(True,) * n,
            edges=np.concatenate([forward, back]).astype(np.int32),
        )


def sentences(text: str) -> list[tuple[str, int]]:
    """The sentences of a text, and the line on which each begins, from 1."""
    found: list[tuple[str, int]] = []
    start = 0
    for end in [*(match.start() for match in _END.finditer(text)), len(text)]:
        part = text[start:end]
        if part.strip():
            lead = len(part) - len(part.lstrip())
            found.append((" ".join(part.split()), 1 + text.count("\n", 0, start + lead)))
        start = end
    return found


def _anchor(line: int, sentence: str) -> Anchor:
    """The place of a sentence; the text knows no file."""
    return Anchor(path="", line=line, end_line=line, end_column=len(sentence) + 1)
