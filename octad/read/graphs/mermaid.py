"""Mermaid's flowcharts, sequence diagrams and C4 diagrams: who points at whom depends on it."""

from __future__ import annotations

import re
from collections.abc import Callable

from octad.read.graphs import mermaid_words as words
from octad.read.graphs.builder import wrong
from octad.read.graphs.c4 import draw_c4
from octad.read.graphs.cursor import Cursor
from octad.read.graphs.drawing import Drawing
from octad.read.graphs.mermaid_flowchart import draw_flowchart
from octad.read.graphs.mermaid_sequence import draw_sequence
from octad.records.graph import Graph

_KINDS: tuple[tuple[re.Pattern[str], Callable[[Cursor, Drawing], None]], ...] = (
    (words.FLOWCHART, draw_flowchart),
    (words.SEQUENCE, draw_sequence),
    (words.C4, draw_c4),
)
_HINT = "draw a flowchart, a sequenceDiagram or a C4 diagram"


def is_mermaid(text: str) -> bool:
    """Whether a text begins like a diagram of Mermaid."""
    shown = words.without_asides(text)
    return any(head.match(shown) for head in (*(head for head, _ in _KINDS), words.OTHER))


def read_mermaid(text: str, source: str, line: int = 1) -> Graph:
    """The graph of a diagram; `line` is the one that the text begins on."""
    here = Cursor(words.without_asides(text), source, words.BLANK, line)
    for head, draw in _KINDS:
        if here.take(head):
            drawing = Drawing(source)
            draw(here, drawing)
            return drawing.graph()
    if other := here.take(words.OTHER):
        raise wrong(source, here.line, f"{other.group(1)} is no diagram of services", hint=_HINT)
    raise here.error("expected 'flowchart' or 'graph' and a direction, 'sequenceDiagram' or 'C4Context'")
