"""Several graphs of one system, say the diagrams of a document, as one."""

from __future__ import annotations

from collections.abc import Iterable

from octad.read.graphs.builder import GraphBuilder
from octad.records.graph import Graph, Node, plain


def joined(graphs: Iterable[Graph], source: str) -> Graph:
    """All nodes and edges, those of one name or label once.

    Diagrams use short names afresh: where `A` is `Orders` in one and `Stock` in the next, the second is
    called by its label.
    """
    builder = GraphBuilder(source)
    names = _Names()
    for graph in graphs:
        called = names.of(graph.nodes)
        for node in graph.nodes:
            kind = "" if node.kind == "service" else node.kind
            builder.node(called[node.id], node.line, kind=kind, attributes=node.attributes)
        for edge in graph.edges:
            ends = called[edge.source], called[edge.target]
            if ends[0] != ends[1]:
                builder.edge(*ends, 1, kind=edge.kind)
        for flag in graph.flags:
            builder.flag(flag)
    return builder.graph()


class _Names:
    """What nodes are called in the whole, by their labels without case and punctuation, else by their ids."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def of(self, nodes: Iterable[Node]) -> dict[str, str]:
        """The names of the nodes of one graph, where two are never one for their label alone."""
        called: dict[str, str] = {}
        taken: set[str] = set()
        for node in nodes:
            called[node.id] = self._name(node, taken)
            taken.add(called[node.id])
        return called

    def _name(self, node: Node, taken: set[str]) -> str:
        """The name of a node, that of an older one where it is the same."""
        shown = node.attributes.get("label", "")
        key = plain(shown) or plain(node.id)
        name = self._known.get(key, "")
        if not name or name in taken:
            other = self._labels.get(node.id)
            name = shown if other and plain(shown) and key != other else node.id
        self._known.setdefault(key, name)
        self._known.setdefault(plain(name), name)
        if plain(shown):
            self._labels.setdefault(name, key)
        return name
