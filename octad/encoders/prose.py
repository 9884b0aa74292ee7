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
_END = re.compile(
    r"(?<=[.!?])\s+(?=\S)|\n\s*\n|\n(?=\s*(?:[-*+#>\d]|[:@]\w|"
    r"[*`]{0,2}\w+[`]{0,2}(?:\s*\([^)\n]{0,80}\))?\s*:\s))"
)
"""After a full stop, an empty line, before an item of a list, a field or what a list defines."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
_PLAIN = frozenset(
    _NAME.findall("""
    self cls none true false for the and not with from this that when return returns raise raises def class
    else elif import str int bool dict list float type any optional union will used use can should are was has
    have its you our one all may must than then into only which where what who how lambda yield await async
    try except
    """)
)
"""Words that join nothing."""


class ProseEncoder(Encoder):
    """One item per sentence, the first `most`; edges lead from each to the next and back.

    A sentence carries the names in it as links: items of other inputs that have the same may attend to it.
    """

    size = 2
    relations = 2

    def __init__(self, *fields: str, most: int = MOST) -> None:
        super().__init__(*fields)
        self.most = most

    def items(self, text: Text | None) -> Items | None:
        """The sentences of a text, with how far into it each stands and whether it is the first."""
        found = sentences(text.text)[: self.most] if text is not None else []
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
            links=tuple(named(sentence) for sentence, _ in found),
            numbers=np.array([(i / n, float(i == 0)) for i in range(n)], np.float32),
            candidates=(True,) * n,
            edges=np.concatenate([forward, back]).astype(np.int32),
        )


def sentences(text: str) -> list[tuple[str, int]]:
    """The sentences of a text, and the line on which each begins, from 1."""
    found: list[tuple[str, int]] = []
    start, line, counted = 0, 1, 0
    for end in [*(match.start() for match in _END.finditer(text)), len(text)]:
        part = text[start:end]
        if part.strip():
            begin = start + len(part) - len(part.lstrip())
            line, counted = line + text.count("\n", counted, begin), begin
            found.append((" ".join(part.split()), line))
        start = end
    return found


def named(text: str) -> tuple[str, ...]:
    """The words of a text that may be names of something, each once, in their order."""
    return tuple(dict.fromkeys(word for word in _NAME.findall(text) if word.lower() not in _PLAIN))


def _anchor(line: int, sentence: str) -> Anchor:
    """The place of a sentence; the text knows no file."""
    return Anchor(path="", line=line, end_line=line, end_column=len(sentence) + 1)
