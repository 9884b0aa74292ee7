"""The service graph of what is watched: services are called as metrics and logs call them, all are there."""

from __future__ import annotations

from collections.abc import Sequence

from octad.read.graphs.naming import named_as
from octad.records.graph import Graph, Node
from octad.records.logs import Logs
from octad.records.series import Series, split_name
from octad.records.skipped import Skipped
from octad.records.traces import Traces
from octad.signals.quantity import place
from octad.signals.service_names import services_of
from octad.signals.trace_series import graph_of_traces

SHOWN = 5
"""Services that one line names."""


def watched_graph(
    graph: Graph | None, series: Sequence[Series] = (), logs: Logs | None = None, traces: Traces | None = None
) -> Graph | None:
    """The graph that was given, else that of the traces, as it is watched; None without either.

    A service that is measured and not in it is added, or it could not be to blame. Traces know only who
    writes them: to theirs whoever logs speak of is added too.
    """
    found = graph or (graph_of_traces(traces) if traces else None)
    if found is None:
        return None
    parts = [one.name.split(".") for one in series]
    measured = {".".join(words[:end]) for words in parts for end in range(1, len(words))}
    said = {one.service for one in logs.templates} - {""} if logs else set()
    found = named_as(found, (measured | said) - {""})
    return _with_services(found, [*_measured(found, series), *(() if graph else sorted(said))])


def services_named(graph: Graph | None, series: Sequence[Series]) -> tuple[str, ...]:
    """The services that a graph and metrics name: a log may be called after one of them."""
    nodes = tuple(node.id for node in graph.nodes) if graph else ()
    return (*nodes, *services_of(series))


def _measured(graph: Graph, series: Sequence[Series]) -> list[str]:
    """The services that metrics are of.

    What is a table of calls between services of the graph, `latency.web_cart`, is no service.
    """
    nodes = tuple(node.id for node in graph.nodes)
    owners: dict[str, set[str]] = {}
    for one in series:
        service, metric = split_name(one.name, nodes)
        owners.setdefault(service, set()).add(place(service, metric, nodes).service)
    return [name for name, found in owners.items() if name and found == {name}]


def _with_services(graph: Graph, services: Sequence[str]) -> Graph:
    """The graph with the services that it lacks, which is said."""
    known = {node.id for node in graph.nodes}
    missing = [name for name in dict.fromkeys(services) if name not in known]
    if not missing:
        return graph
    more = f" and {len(missing) - SHOWN:,} more" if len(missing) > SHOWN else ""
    reason = f"lacks services that are watched: {', '.join(missing[:SHOWN])}{more}"
    added = tuple(Node(id=name, line=0) for name in missing)
    skipped = (*graph.skipped, Skipped(path=graph.source, reason=reason))
    return graph.model_copy(update={"nodes": (*graph.nodes, *added), "skipped": skipped})
