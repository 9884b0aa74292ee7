"""Graphs in the DOT language of Graphviz: what an edge starts from depends on what it points at.

Every node of a subgraph at one end of an edge has that edge, ports are left out, `dir=back` turns an
edge round, and `--` is read in the written direction.
"""

from __future__ import annotations

from itertools import pairwise

from octad.read.graphs import dot_words as words
from octad.read.graphs.builder import GraphBuilder
from octad.read.graphs.cursor import Cursor
from octad.records.graph import Graph

MAX_DEPTH = 64


def is_dot(text: str) -> bool:
    """Whether a text begins like a graph of Graphviz."""
    blank = words.BLANK.match(text)
    return words.BEGIN.match(text, blank.end() if blank else 0) is not None


def read_dot(text: str, source: str, line: int = 1) -> Graph:
    """Every graph of a DOT text, as one; `line` is the one that it begins on."""
    return _Dot(text, source, line).graph()


class _Dot:
    def __init__(self, text: str, source: str, line: int) -> None:
        self._here = Cursor(text, source, words.BLANK, line)
        self._builder = GraphBuilder(source)
        self._groups: dict[str, list[str]] = {}

    def graph(self) -> Graph:
        while not self._here.take(words.END):
            self._here.need(words.HEAD, "'digraph' or 'graph'")
            self._name()
            self._here.need(words.OPEN, "'{'")
            self._statements(1)
        return self._builder.graph()

    def _statements(self, depth: int) -> list[str]:
        """What stands before a closing brace; the nodes it names."""
        if depth > MAX_DEPTH:
            raise self._here.error(f"subgraphs nested deeper than {MAX_DEPTH}")
        names: dict[str, None] = {}
        while not self._here.take(words.CLOSE):
            if self._here.take(words.DEFAULTS):
                self._attributes()
            elif not self._here.take(words.BETWEEN):
                names |= dict.fromkeys(self._statement(depth))
        return list(names)

    def _statement(self, depth: int) -> list[str]:
        """A node, an edge or a chain of edges, a subgraph, or an attribute of the graph."""
        group = self._subgraph(depth)
        line = self._here.line
        if group is None:
            name = self._needed("a node, an edge or '}'")
            if self._here.take(words.EQUALS):
                self._needed("a value")
                return []
            group = self._node(name)
        chain = [group]
        while arrow := self._here.take(words.ARROW):
            if arrow.group() == "--":
                self._builder.flag("undirected")
            inner = self._subgraph(depth)
            chain.append(self._node(self._needed("a node")) if inner is None else inner)
        attributes = self._attributes()
        if len(chain) == 1:
            self._describe(group, attributes)
        self._connect(chain, attributes, line)
        return [name for one in chain for name in one]

    def _describe(self, group: list[str], attributes: dict[str, str]) -> None:
        kind = attributes.pop("kind", "")
        for name in group if kind or attributes else ():
            self._builder.node(name, self._here.line, kind=kind, attributes=attributes)

    def _connect(self, chain: list[list[str]], attributes: dict[str, str], line: int) -> None:
        """Edges from every node of one link of a chain to every node of the next."""
        back = attributes.get("dir") == "back"
        for before, after in pairwise(chain):
            sources, targets = (after, before) if back else (before, after)
            for source in sources:
                for target in targets:
                    self._builder.edge(source, target, line, kind=attributes.get("kind", ""))

    def _subgraph(self, depth: int) -> list[str] | None:
        """The nodes of a subgraph, or of one of that name before; None where none begins."""
        named = self._here.take(words.SUBGRAPH)
        name = self._name() if named else None
        if not self._here.take(words.OPEN):
            return self._groups.get(name or "", []) if named else None
        group = self._statements(depth + 1)
        if name:
            self._groups[name] = group
        return group

    def _node(self, name: str) -> list[str]:
        self._builder.node(name, self._here.line)
        while self._here.take(words.PORT):
            self._needed("a port")
        return [name]

    def _attributes(self) -> dict[str, str]:
        """What stands in brackets, if anything does."""
        found: dict[str, str] = {}
        while self._here.take(words.LIST):
            while not self._here.take(words.LIST_END):
                name = self._needed("an attribute or ']'")
                found[name] = self._needed("a value") if self._here.take(words.EQUALS) else "true"
                self._here.take(words.BETWEEN)
        return found

    def _needed(self, expected: str) -> str:
        name = self._name()
        if name is None:
            raise self._here.error(f"expected {expected}")
        return name

    def _name(self) -> str | None:
        """A word, a number, a quoted text or markup, where one stands here."""
        match = self._here.take(words.NAME)
        if match is None:
            return None
        quoted, plain = match.groups()
        if quoted is None:
            return plain or self._markup()
        while more := self._here.take(words.MORE):
            quoted += more.group(1)
        return str(quoted).replace("\\\n", "").replace('\\"', '"')

    def _markup(self) -> str:
        """Text between angle brackets, which may hold others."""
        text, depth = "", 0
        while not text or depth:
            text += (part := self._here.need(words.MARKUP, "'>'").group())
            depth += 1 if part.endswith("<") else -1
            if depth > MAX_DEPTH:
                raise self._here.error(f"markup nested deeper than {MAX_DEPTH}")
        return text[1:-1]
