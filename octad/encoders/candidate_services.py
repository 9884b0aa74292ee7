"""Candidate services as items: what speaks for each being the cause, and who depends on whom.

Legend: N services.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Encoder, Items
from octad.encoders.incident_logs import began
from octad.encoders.incident_window import IncidentWindow, incident_window
from octad.encoders.services import ServiceEncoder
from octad.records.graph import Graph, Node
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import SeriesSet
from octad.signals.log_features import LOG_FEATURES, log_features
from octad.signals.root_cause_features import FEATURES, features


class CandidateServiceEncoder(Encoder):
    """One item per service: what is known of it, the features of its metrics, what its logs say.

    Names are not read as texts, for those of a system that was never seen mislead (`design/0015`).
    """

    size = ServiceEncoder.size + len(FEATURES) + len(LOG_FEATURES)
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
        said = log_features(logs, began(metrics, graph, at))
        suspicious = _rows(by_name, plain.names, len(FEATURES))
        table = np.concatenate(
            [plain.numbers, suspicious, _rows(said, plain.names, len(LOG_FEATURES))], axis=1
        ).astype(np.float32)
        return replace(plain, texts=(), numbers=table)


def _root_cause_features(window: IncidentWindow) -> dict[str, NDArray[np.float64]]:
    """FEATURES of each service."""
    numbers = features(window.observed.system, window.found)
    return dict(zip(window.observed.services, numbers, strict=True))


def _named(metrics: SeriesSet | None, logs: Logs | None) -> Graph:
    """Whoever metrics and logs speak of, as a graph without edges."""
    found = ServiceEncoder().items(None, metrics, logs)
    return Graph(nodes=tuple(Node(id=name) for name in (found.names if found else ())))


def _rows(known: Mapping[str, NDArray[np.float64]], names: Sequence[str], size: int) -> NDArray[np.float64]:
    """The numbers of each name `[N, size]`, zeros of whom nothing is known."""
    nothing = np.zeros(size)
    return np.array([known.get(name, nothing) for name in names])
