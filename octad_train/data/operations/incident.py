"""Incidents of real systems: what was measured around them, and which service was at fault."""

from __future__ import annotations

from dataclasses import dataclass

from octad.records.graph import Graph
from octad.records.logs import Logs
from octad.records.series import SeriesSet


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident with its truth, or a normal time.

    `time` is when it began (Unix seconds) or was noticed, None where nobody said. `service` is at fault;
    None says that nothing was, or that the cause is outside. `metric` is the full name of the series that
    shows the fault best, `kind` what was done, `target` the service whose users complained, `templates` the
    messages of the fault; each is None where it is not known.
    """

    system: str
    origin: str
    series: SeriesSet
    logs: Logs | None = None
    graph: Graph | None = None
    time: float | None = None
    service: str | None = None
    metric: str | None = None
    kind: str | None = None
    target: str | None = None
    templates: frozenset[str] | None = None
