"""Mermaid's flowcharts: what an arrow starts from depends on what it points at.

An arrow with two heads is two edges; a line without a head is read in the written direction.
"""

from __future__ import annotations

import re

from octad.read.graphs import mermaid_flowchart_words as words
from octad.read.graphs.cursor import Cursor
from octad.read.graphs.drawing import Drawing
from octad.read.graphs.mermaid_words import BETWEEN, label


def draw_flowchart(here: Cursor, drawing: Drawing) -> None:
    """What stands below the head of a flowchart; raises UnreadableInput for what is none."""
    _Flowchart(here, drawing).read()


class _Flowchart:
    def __init__(self, here: Cursor, drawing: Drawing) -> None:
        self._here, self._drawing = here, drawing

    def read(self) -> None:
        kinds = (
            (BETWEEN, None),
            (words.ASIDE, None),
            (words.SUBGRAPH, self._subgraph),
            (words.CLOSE, self._close),
            (words.NODE, self._chain),
        )
        self._here.statements(kinds, "a node")
        if self._drawing.unclosed:
            raise self._here.error(f"subgraph {self._drawing.unclosed!r} has no end")

    def _subgraph(self, match: re.Match[str]) -> None:
        self._drawing.open(match.group(1) or match.group(2).strip().strip('"'), self._here.line)

    def _close(self, _: re.Match[str]) -> None:
        if not self._drawing.close():
            raise self._here.error("an 'end' without a subgraph")

    def _chain(self, _: re.Match[str]) -> None:
        """Nodes, and arrows from all of one side to all of the other."""
        before = self._side()
        while True:
            self._here.take(words.EDGE_NAME)
            link = self._here.take(words.LINK) or self._here.take(words.TEXTED_LINK)
            if link is None:
                break
            self._here.take(words.TEXT)
            self._here.take(words.BREAK)
            after = self._side()
            self._link(before, after, *link.groups())
            before = after

    def _link(self, before: list[str], after: list[str], tail: str, body: str) -> None:
        """The edges of an arrow, by the heads at its two ends; `~~~` is only for the layout."""
        if body.startswith("~"):
            return
        head = body[-1] in ">xo"
        if not (head or tail):
            self._drawing.flag("undirected")
        for source in before:
            for target in after:
                if head or not tail:
                    self._drawing.arrow(source, target, self._here.line)
                if tail:
                    self._drawing.arrow(target, source, self._here.line)

    def _side(self) -> list[str]:
        names = [self._node()]
        while self._here.take(words.AND):
            names.append(self._node())
        return names

    def _node(self) -> str:
        name = self._here.need(words.NAME, "a node").group()
        shown = ""
        if shape := self._here.take(words.SHAPE):
            shown = label(shape.group(1) or shape.group(2) or "")
        elif (fields := self._here.take(words.FIELDS)) and (found := words.LABEL.search(fields.group())):
            shown = label(found.group(1))
        self._here.take(words.CLASS)
        return self._drawing.thing(name, self._here.line, label=shown)
