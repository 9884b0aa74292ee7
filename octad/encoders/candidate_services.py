"""Candidate services as items: what speaks for each being the cause, and who depends on whom.

Legend: N services.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Encoder, Items
from octad.encoders.incident_window import IncidentWindow, incident_window
from octad.encoders.logs import GRAVE, buckets_of, counts_of
from octad.encoders.services import ServiceEncoder
from octad.records.graph import Graph, Node
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import SeriesSet
from octad.signals.rates import rate_shift
from octad.signals.root_cause_features import FEATURES, features

LOGGED = 5


class CandidateServiceEncoder(Encoder):
    """One item per service: what is known of it, the features of its metrics, what its logs say.

    Names are not read as texts, for those of a system that was never seen mislead (`design/0015`).
    """

    size = ServiceEncoder.size + len(FEATURES) + LOGGED
    kinds = 1
    relations = ServiceEncoder.relations

    def __init__(self, *fields: str) -> None:
        super().__init__(*fields)
        self.known = ServiceEncoder()

    def items(
        self, graph: Graph | None, metrics: SeriesSet | None, logs: Logs | None, at: Instant | None = None
    ) -> Items | None:
        """The services by their names; whoever is a node of the graph, or of no graph, is a candidate."""
        if graph is None or not graph.nodes:
            graph = _named(metrics, logs)
        plain = self.known.items(graph, None, None)
        if plain is None:
            return None
        window = incident_window(metrics, graph, at)
        by_name = _root_cause_features(window) if window else {}
        nothing = np.zeros(len(FEATURES))
        suspicious = np.array([by_name.get(name, nothing) for name in plain.names])
        said = np.array([_logged(name, logs) for name in plain.names])
        table = np.concatenate([plain.numbers, suspicious, said], axis=1).astype(np.float32)
        return replace(plain, texts=(), numbers=table)


def _root_cause_features(window: IncidentWindow) -> dict[str, NDArray[np.float64]]:
    """FEATURES of each service."""
    numbers = features(window.observed.system, window.found)
    return dict(zip(window.observed.services, numbers, strict=True))


def _named(metrics: SeriesSet | None, logs: Logs | None) -> Graph:
    """Whoever metrics and logs speak of, as a graph without edges."""
    found = ServiceEncoder().items(None, metrics, logs)
    return Graph(nodes=tuple(Node(id=name) for name in (found.names if found else ())))


def _logged(service: str, logs: Logs | None) -> NDArray[np.float64]:
    """Of the templates of a service: how many, the largest rise of a rate, of a grave one, new ones."""
    own = [one for one in logs.templates if one.service == service] if logs else []
    if logs is None or not own:
        return np.zeros(LOGGED)
    n = buckets_of(logs)
    shifts = [rate_shift(counts_of(one, n)) for one in own]
    rises = [np.log1p(shift.gain) * (shift.log_ratio > 0) / 5 for shift in shifts]
    grave = [GRAVE.get(one.level, 0) == 2 for one in own]
    first = [min((bucket for bucket, _ in one.counts), default=0) for one in own]
    new = [bucket >= shift.at > 0 for bucket, shift in zip(first, shifts, strict=True)]
    return np.array(
        [
            np.log1p(len(own)) / 5,
            max(rises),
            max((rise for rise, is_grave in zip(rises, grave, strict=True) if is_grave), default=0.0),
            sum(new) / len(own),
            float(any(n and g for n, g in zip(new, grave, strict=True))),
        ]
    )
