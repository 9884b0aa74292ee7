"""The service graph of what is watched: its services are called as metrics and logs call them."""

from __future__ import annotations

from collections.abc import Sequence

from octad.read.graphs.naming import named_as
from octad.records.graph import Graph, Node
from octad.records.logs import Logs
from octad.records.series import Series, split_name
from octad.signals.quantity import place
from octad.signals.service_names import services_of

SHOWN = 5
"""Services that one line names."""


def watched_graph(
    graph: Graph | None, series: Sequence[Series] = (), logs: Logs | None = None
) -> Graph | None:
    """A graph as it is watched; a service that is measured and not in it is added, and said."""
    if graph is None:
        return None
    parts = [one.name.split(".") for one in series]
    measured = {".".join(words[:end]) for words in parts for end in range(1, len(words))}
    said = {one.service for one in logs.templates} if logs else set()
    return _with_measured(named_as(graph, (measured | said) - {""}), series)


def services_named(graph: Graph | None, series: Sequence[Series]) -> tuple[str, ...]:
    """The services that a graph and metrics name: a log may be called after one of them."""
    nodes = tuple(node.id for node in graph.nodes) if graph else ()
    return (*nodes, *services_of(series))


def _with_measured(graph: Graph, series: Sequence[Series]) -> Graph:
    """The graph with the services that it leaves out and metrics are of, or none of them could be to blame.

    What is a table of calls between its services, `latency.web_cart`, is no service.
    """
    nodes = tuple(node.id for node in graph.nodes)
    index = set(nodes)
    owners: dict[str, set[str]] = {}
    for one in series:
        service, metric = split_name(one.name, nodes)
        owners.setdefault(service, set()).add(place(service, metric, nodes).service)
    missing = [name for name, found in owners.items() if name and name not in index and found == {name}]
    if not missing:
        return graph
    note = f"not in {graph.source}, but measured: {', '.join(missing[:SHOWN])}"
    more = f" and {len(missing) - SHOWN:,} more" if len(missing) > SHOWN else ""
    added = tuple(Node(id=name, line=0) for name in missing)
    return graph.model_copy(
        update={"nodes": (*graph.nodes, *added), "notes": (*graph.notes, f"{note}{more}")}
    )
