"""Services as items: the nodes of the graph and whoever else metrics or logs speak of, with their edges.

Legend: N services.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.records.graph import Graph, Node
from octad.records.logs import Logs
from octad.records.report import Anchor
from octad.records.series import Comparison, Series, SeriesSet, split_name
from octad.signals.quantity import place
from octad.signals.service_names import services_of

MOST = 128
"""Services of one case: those that most is known of."""


class ServiceEncoder(Encoder):
    """One item per service; edges lead to what it depends on, and back."""

    size = 8
    kinds = 1
    relations = 2

    def items(
        self, graph: Graph | None, metrics: SeriesSet | Comparison | None, logs: Logs | None
    ) -> Items | None:
        """The services by their names."""
        known = {node.id: node for node in graph.nodes} if graph else {}
        series = series_of(metrics)
        said = Counter(one.service for one in logs.templates) if logs else Counter[str]()
        beginnings = services_of(series, known)
        seen = Counter(place(*split_name(one.name, beginnings), beginnings).service for one in series)
        names = sorted({*known, *seen, *said} - {""})
        if not names:
            return None
        names = sorted(sorted(names, key=lambda name: -(seen[name] + said[name]))[:MOST])
        index = {name: i for i, name in enumerate(names)}
        edges = sorted(_between(graph, index))
        out, into = Counter(source for source, _ in edges), Counter(target for _, target in edges)
        rows = [
            [
                float(name in known), float(not into[i]), float(not out[i]),
                *np.log1p([out[i], into[i], seen[name], said[name], len(names)]),
            ]
            for i, name in enumerate(names)
        ]  # fmt: skip
        typed = [(s, t, 0) for s, t in edges] + [(t, s, 1) for s, t in edges]
        return Items(
            texts=tuple(f"{known[name].kind if name in known else 'service'} {name}" for name in names),
            numbers=np.array(rows, np.float32),
            kinds=(0,) * len(names),
            names=tuple(names),
            anchors=tuple(_anchor(known.get(name), graph) for name in names),
            subjects=tuple(names),
            links=((),) * len(names),
            candidates=(True,) * len(names),
            edges=np.array(typed, np.int32).reshape(-1, 3),
        )


def series_of(metrics: SeriesSet | Comparison | None) -> tuple[Series, ...]:
    """All series, those of both sides of a comparison once."""
    if metrics is None:
        return ()
    if isinstance(metrics, SeriesSet):
        return metrics.series
    return tuple({one.name: one for one in (*metrics.before.series, *metrics.after.series)}.values())


def _between(graph: Graph | None, index: Mapping[str, int]) -> set[tuple[int, int]]:
    """The edges whose ends are both among the services."""
    edges = graph.edges if graph else ()
    ends = [(index.get(edge.source, -1), index.get(edge.target, -1)) for edge in edges]
    return {(source, target) for source, target in ends if min(source, target) >= 0}


def _anchor(node: Node | None, graph: Graph | None) -> Anchor | None:
    if node is None or graph is None or not (graph.source and node.line):
        return None
    return Anchor(path=node.path or graph.source, line=node.line, end_line=node.line, end_column=1)
