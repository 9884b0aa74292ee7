"""Services and what they depend on."""

from __future__ import annotations

from collections.abc import Iterable

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


def named_in(paths: Iterable[str], services: Iterable[str]) -> list[str]:
    """The services whose name is a part of one of the paths, apart from case, punctuation and endings."""
    parts = {_plain(part.partition(".")[0]) for path in paths for part in path.split("/")} - {""}
    return [name for name in services if _plain(name) in parts]


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())
