"""Graphs in Mermaid's flowcharts: what an arrow starts from depends on what it points at.

The label of a node is its attribute `label`; an arrow to a subgraph is one to each node in it; an
arrow with two heads is two edges; a line without a head is read in the written direction.
"""

from __future__ import annotations

from itertools import product

from octad.read.graphs import mermaid_words as words
from octad.read.graphs.builder import MAX_EDGES, GraphBuilder
from octad.read.graphs.cursor import Cursor
from octad.records.graph import Graph

MAX_DEPTH = 64


def is_mermaid(text: str) -> bool:
    """Whether a text begins like a flowchart."""
    return words.HEAD.match(words.without_asides(text)) is not None


def read_mermaid(text: str, source: str) -> Graph:
    """The graph of a flowchart."""
    return _Flowchart(text, source).graph()


class _Flowchart:
    """Names are distinguished from subgraphs only at the end, since an arrow may come before its subgraph."""

    def __init__(self, text: str, source: str) -> None:
        self._here = Cursor(words.without_asides(text), source, words.BLANK)
        self._source = source
        self._nodes: dict[str, tuple[int, str]] = {}
        self._links: list[tuple[str, str, int]] = []
        self._groups: dict[str, dict[str, None]] = {}
        self._open: list[str] = []
        self._undirected = False

    def graph(self) -> Graph:
        self._here.need(words.HEAD, "'graph' or 'flowchart' and a direction")
        while not self._here.take(words.FINISHED):
            if not self._here.take(words.BETWEEN):
                self._statement()
        if self._open:
            raise self._here.error(f"subgraph {self._open[-1]!r} has no end")
        return self._built()

    def _built(self) -> Graph:
        builder = GraphBuilder(self._source)
        for name, (line, label) in self._nodes.items():
            if not self._groups.get(name):
                builder.node(name, line, attributes={"label": label} if label else None)
        for source, target, line in self._links:
            for pair in product(self._members(source), self._members(target)):
                builder.edge(*pair, line)
        if self._undirected:
            builder.flag("undirected")
        return builder.graph()

    def _members(self, name: str) -> list[str]:
        """The nodes of a subgraph, or the node itself."""
        inner = self._groups.get(name)
        return [one for one in inner if not self._groups.get(one)] if inner else [name]

    def _statement(self) -> None:
        if self._here.take(words.ASIDE):
            return
        if header := self._here.take(words.SUBGRAPH):
            name = header.group(1) or header.group(2).strip().strip('"') or f"subgraph {len(self._groups)}"
            self._groups.setdefault(name, {})
            self._open.append(name)
            if len(self._open) > MAX_DEPTH:
                raise self._here.error(f"subgraphs nested deeper than {MAX_DEPTH}")
        elif self._here.take(words.CLOSE):
            if not self._open:
                raise self._here.error("an 'end' without a subgraph")
            self._open.pop()
        else:
            self._chain()

    def _chain(self) -> None:
        """Nodes, and arrows from all of one side to all of the other."""
        before = self._side()
        while True:
            self._here.take(words.EDGE_NAME)
            link = self._here.take(words.LINK) or self._here.take(words.TEXTED_LINK)
            if link is None:
                break
            self._here.take(words.TEXT)
            after = self._side()
            self._link(before, after, *link.groups())
            before = after

    def _link(self, before: list[str], after: list[str], tail: str, body: str) -> None:
        """The edges of an arrow, by the heads at its two ends; `~~~` is only for the layout."""
        if body.startswith("~"):
            return
        head = body[-1] in ">xo"
        self._undirected |= not (head or tail)
        line = self._here.line
        if head or not tail:
            self._links += [(source, target, line) for source in before for target in after]
        if tail:
            self._links += [(target, source, line) for source in before for target in after]
        if len(self._links) > MAX_EDGES:
            raise self._here.error(f"more than {MAX_EDGES:,} edges")

    def _side(self) -> list[str]:
        names = [self._node()]
        while self._here.take(words.AND):
            names.append(self._node())
        return names

    def _node(self) -> str:
        name = self._here.need(words.NAME, "a node").group()
        label = ""
        if shape := self._here.take(words.SHAPE):
            label = words.label(shape.group(1) or shape.group(2) or "")
        elif (fields := self._here.take(words.FIELDS)) and (found := words.LABEL.search(fields.group())):
            label = words.label(found.group(1))
        self._here.take(words.CLASS)
        line, known = self._nodes.get(name, (self._here.line, ""))
        self._nodes[name] = (line, known or label)
        for group in self._open:
            self._groups[group][name] = None
        return name
