"""Services and what they depend on."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from octad.records.base import Record
from octad.records.skipped import Skipped


class Node(Record):
    """A service, a queue, a store; first named on `line` of `path`, of `Graph.source` where that is empty.

    The line is 0 where no file names it.
    """

    id: str
    kind: str = "service"
    attributes: dict[str, str] = Field(default_factory=dict)
    line: int = 1
    path: str = ""


class Edge(Record):
    """`source` depends on (calls, reads, writes) `target`."""

    source: str
    target: str
    kind: str = "calls"


class Graph(Record):
    """A dependency graph; cycles are allowed, and every end of an edge is a node.

    `skipped` is what its source holds that was not read, or lacks and was added.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    source: str = ""
    flags: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def named_in(paths: Iterable[str], services: Iterable[str]) -> list[str]:
    """The services whose name is a part of one of the paths, apart from case, punctuation and endings."""
    parts = {plain(part.partition(".")[0]) for path in paths for part in path.split("/")} - {""}
    return [name for name in services if plain(name) in parts]


def plain(name: str) -> str:
    """A name without case and punctuation, by which spellings of it are compared."""
    return "".join(c for c in name.lower() if c.isalnum())
