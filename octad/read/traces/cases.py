"""What traces bring to a case: series beside those of its metrics, and the graph of who calls whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from octad.errors import InputError
from octad.read.traces.files import read_traces
from octad.records.graph import Graph, Node
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import Comparison, Series, SeriesSet, parted, split_name
from octad.records.traces import Traces
from octad.signals.levels import usual_step
from octad.signals.quantity import place
from octad.signals.trace_series import graph_of_traces, series_of


def traces_of(paths: Sequence[Path], metrics: Sequence[Series], at: Instant | None) -> Traces | None:
    """The traces of all files together, in steps of about those of the metrics; a step begins at `at`."""
    if not paths:
        return None
    return read_traces(paths, at=at.time if at else None, least=usual_step(metrics) or 1.0)


def with_traces(metrics: SeriesSet | None, traces: Traces | None) -> SeriesSet | None:
    """The metrics, and the series of the traces whose names they leave free."""
    if traces is None:
        return metrics
    own = metrics.series if metrics else ()
    taken = {one.name for one in own}
    return SeriesSet(series=(*own, *(one for one in series_of(traces) if one.name not in taken)))


def compared_with_traces(
    compared: Comparison | None, traces: Traces | None, at: Instant | None
) -> Comparison | None:
    """Both sides with the series of the traces until `at` and since; raises InputError without a time."""
    if traces is None:
        return compared
    if at is None:
        raise InputError("--traces needs --at", hint="say when it went out: traces are parted there")
    traced = parted(SeriesSet(series=series_of(traces)), at.time)
    if compared is None:
        return traced
    taken = {one.name for side in (compared.before, compared.after) for one in side.series}
    return Comparison(
        before=_joined(compared.before, traced.before, taken),
        after=_joined(compared.after, traced.after, taken),
    )


def graph_with_traces(
    graph: Graph | None, traces: Traces | None, metrics: SeriesSet | None, logs: Logs | None
) -> Graph | None:
    """The graph that was given, else that of the traces, and in it whoever else metrics and logs speak of."""
    if graph is not None or traces is None:
        return graph
    found = graph_of_traces(traces)
    names = {node.id for node in found.nodes}
    others = {
        place(*split_name(one.name, names), names).service for one in (metrics.series if metrics else ())
    }
    others |= {one.service for one in (logs.templates if logs else ())}
    nodes = (*found.nodes, *(Node(id=name) for name in sorted(others - names - {""})))
    return found.model_copy(update={"nodes": nodes})


def _joined(side: SeriesSet, traced: SeriesSet, taken: set[str]) -> SeriesSet:
    return SeriesSet(series=(*side.series, *(one for one in traced.series if one.name not in taken)))
