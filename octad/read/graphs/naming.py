"""The nodes of a graph, called as metrics and logs call them: diagrams write `A[Order Service]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from octad.records.graph import Graph, Node, plain

_SORT = re.compile(r"(?<=.)(?:microservice|service|svc)\Z")


def named_as(graph: Graph, services: Iterable[str]) -> Graph:
    """The graph with the names of these services, where a node's label or id is one but for its spelling."""
    known = set(services)
    spelt = _spelt(known)
    names: dict[str, str] = {}
    taken = known & {node.id for node in graph.nodes}
    for node in graph.nodes:
        found = "" if node.id in known else _found(node, spelt)
        if found and found not in taken:
            names[node.id] = found
            taken.add(found)
    if not names:
        return graph
    nodes = [node.model_copy(update={"id": names.get(node.id, node.id)}) for node in graph.nodes]
    edges = [
        edge.model_copy(
            update={
                "source": names.get(edge.source, edge.source),
                "target": names.get(edge.target, edge.target),
            }
        )
        for edge in graph.edges
    ]
    return graph.model_copy(update={"nodes": tuple(nodes), "edges": tuple(edges)})


def _spelt(services: Iterable[str]) -> dict[str, str]:
    """Services by how they are compared, none where two are compared alike."""
    found: dict[str, str] = {}
    for service in services:
        for key in _keys(service):
            found[key] = "" if found.get(key, service) != service else service
    return found


def _found(node: Node, spelt: Mapping[str, str]) -> str:
    """The service that a node is."""
    written = (node.attributes.get("label", ""), node.id)
    return next((name for one in written for key in _keys(one) if (name := spelt.get(key))), "")


def _keys(written: str) -> Iterator[str]:
    """A name as it is compared: all of it, then its first line, each also without the word service."""
    for one in (written, written.strip().split("\n")[0]):
        if key := plain(one):
            yield from (key, _SORT.sub("", key))
