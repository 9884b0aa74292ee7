"""Reads the faults injected into OnlineBoutique: metrics by the minute, call graph from the traces.

Yu et al. 2023, *Nezha: Interpretable fine-grained root causes analysis for microservices on multi-modal
observability data* (ESEC/FSE). Besides one table per service the set measures the entrance
(`front_service`) and the median of each call at its two ends (`source_50.frontend_adservice`,
`destination_50.frontend_adservice`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from octad.records.graph import Edge, Graph, Node
from octad.records.logs import VARIES, Logs, LogTemplate
from octad.records.series import Series, SeriesSet
from octad_train.data.operations.incident import Incident
from octad_train.data.public_sets import rows

FILE = "nezha/onlineboutique.jsonl.xz"
Table = Mapping[str, Sequence[float | None]]


def nezha_incidents() -> Iterator[Incident]:
    """The 56 faults, in the order of the file. Raises InputError where the set is missing or damaged."""
    faults = [row for row in rows(FILE) if row["record"] == "fault"]
    graph = call_graph(trace["edges"] for row in faults for trace in row["traces"].values())
    for row in faults:
        at = datetime.fromisoformat(row["inject_time"]).replace(tzinfo=UTC).timestamp()
        named = f"{row['label_service']}.{row['label_inner']}"
        series = tuple(_series(row["metrics"], at))
        yield Incident(
            system=row["system"],
            origin=row["id"],
            series=SeriesSet(series=series),
            logs=_logs(row["logs"] or {}, at),
            graph=graph,
            time=at,
            service=row["label_service"],
            metric=named if any(one.name == named for one in series) else None,
            kind=row["label_type"],
            target=_entrance(graph),
        )


def call_graph(edges: Iterable[Iterable[Sequence[Any]]]) -> Graph:
    """The union of calls, each (caller, callee, times)."""
    pairs = sorted({(call[0], call[1]) for calls in edges for call in calls})
    names = sorted({name for pair in pairs for name in pair})
    return Graph(
        nodes=tuple(Node(id=name) for name in names),
        edges=tuple(Edge(source=caller, target=callee) for caller, callee in pairs),
    )


def _entrance(graph: Graph) -> str | None:
    """The first service that nobody calls."""
    called = {edge.target for edge in graph.edges}
    return next((node.id for node in graph.nodes if node.id not in called), None)


def _series(tables: Mapping[str, Table], at: float) -> Iterator[Series]:
    for table, columns in sorted(tables.items()):
        times = tuple(at + seconds for seconds in columns["t"] if seconds is not None)
        for metric, values in columns.items():
            if metric != "t" and any(value is not None for value in values):
                yield Series(name=f"{table}.{metric}", times=times, values=tuple(values), source=FILE)


def _logs(minutes: Mapping[str, Sequence[Mapping[str, Any]]], at: float) -> Logs | None:
    """Templates of the minutes after the injection; the set has the day's usual ones left out."""
    found = [
        LogTemplate(
            template=entry["template"].replace("<N>", VARIES),
            service=entry["service"],
            count=entry["count"],
            first=at + 60 * minute,
            counts=((minute, entry["count"]),),
            example=entry["sample"],
            source=FILE,
        )
        for minute, entries in ((int(key.strip("+min")), entries) for key, entries in minutes.items())
        for entry in entries
    ]
    if not found:
        return None
    return Logs(templates=tuple(found), lines=sum(one.count for one in found), start=at, interval=60.0)
