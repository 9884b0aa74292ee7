"""Services and what they depend on."""

from __future__ import annotations

from pydantic import Field

from octad.records.base import Record


class Node(Record):
    """A service, a queue, a store; `line` is where `Graph.source` names it first."""

    id: str
    kind: str = "service"
    attributes: dict[str, str] = Field(default_factory=dict)
    line: int = 1


class Edge(Record):
    """`source` depends on (calls, reads, writes) `target`."""

    source: str
    target: str
    kind: str = "calls"


class Graph(Record):
    """A dependency graph; cycles are allowed, and every end of an edge is a node."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    source: str = ""
    flags: tuple[str, ...] = ()
