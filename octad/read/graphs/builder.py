"""A graph put together from what a file names, in the order in which it names it.

Flags say what was done: `self-loops` (dropped), `unknown-nodes` (ends of edges that a list of nodes
lacks, added), `undirected` (edges kept in the written direction), `cycles` (kept).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from octad.errors import UnreadableInput
from octad.records.graph import Edge, Graph, Node

MAX_NODES = 100_000
MAX_EDGES = 100_000


def wrong(source: str, line: int, what: str, *, hint: str = "correct it there") -> UnreadableInput:
    """The error that names file and line."""
    return UnreadableInput(f"{source}: line {line}: {what}", hint=hint)


class GraphBuilder:
    """Nodes and edges of one file, each kept once; the first to name one decides its line and kind."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str], Edge] = {}
        self._listed: set[str] = set()
        self._flags: set[str] = set()
        self._written = 0

    def __contains__(self, name: str) -> bool:
        return name in self._listed

    def flag(self, name: str) -> None:
        """Say that something was read otherwise than written."""
        self._flags.add(name)

    def node(
        self, name: str, line: int, *, kind: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        """A node; what is known of it from before stays, what is new is added."""
        name = self._named(name, line)
        self._listed.add(name)
        known = self._nodes[name]
        if kind or attributes:
            more = {_characters(key): _characters(value) for key, value in (attributes or {}).items()}
            kind = _characters(kind) if kind and known.kind == "service" else known.kind
            self._nodes[name] = known.model_copy(
                update={"kind": kind, "attributes": {**more, **known.attributes}}
            )

    def edge(self, source: str, target: str, line: int, *, kind: str = "") -> None:
        """`source` depends on `target`."""
        source, target = self._named(source, line), self._named(target, line)
        self._written += 1
        if self._written > MAX_EDGES:
            raise wrong(self.source, line, f"more than {MAX_EDGES:,} edges", hint="cut the graph")
        if source == target:
            self.flag("self-loops")
            return
        edge = Edge(source=source, target=target, kind=_characters(kind) or "calls")
        self._edges.setdefault((source, target), edge)

    def graph(self) -> Graph:
        """What was named; raises UnreadableInput where nothing was."""
        if not self._nodes:
            raise UnreadableInput(f"{self.source}: names no node", hint="check that it is the graph you mean")
        if self._nodes.keys() - self._listed:
            self.flag("unknown-nodes")
        if _cyclic(self._edges):
            self.flag("cycles")
        return Graph(
            nodes=tuple(self._nodes.values()),
            edges=tuple(self._edges.values()),
            source=self.source,
            flags=tuple(sorted(self._flags)),
        )

    def _named(self, name: str, line: int) -> str:
        """The name, made a node when it is new."""
        name = _characters(name)
        if not name.strip():
            raise wrong(self.source, line, "a node without a name")
        if name not in self._nodes:
            self._nodes[name] = Node(id=name, line=line)
        if len(self._nodes) > MAX_NODES:
            raise wrong(self.source, line, f"more than {MAX_NODES:,} nodes", hint="cut the graph")
        return name


def _characters(text: str) -> str:
    """Text without halves of characters, which JSON can spell and no file can hold."""
    return str(text).encode("utf-8", "replace").decode("utf-8")


def _cyclic(edges: Mapping[tuple[str, str], Edge]) -> bool:
    """Whether some nodes remain when whatever nothing depends on is taken away, again and again."""
    targets: dict[str, list[str]] = defaultdict(list)
    waiting: Counter[str] = Counter()
    for source, target in edges:
        targets[source].append(target)
        waiting[target] += 1
    free = [source for source in targets if not waiting[source]]
    while free:
        for target in targets.get(free.pop(), ()):
            waiting[target] -= 1
            if not waiting[target]:
                free.append(target)
    return any(waiting.values())
