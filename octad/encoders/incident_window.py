"""The metrics of an incident on one clock, with the likeliest windows of common change.

Several modalities ask for the same; what the last cases gave is kept, by the identity of the records.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from octad.records.graph import Graph
from octad.records.identity import Same
from octad.records.instant import Instant
from octad.records.series import Series, SeriesSet, span_of
from octad.signals.change_point import Scan, Window, scan, windows
from octad.signals.levels import LONGEST, usual_step
from octad.signals.system import Observed, observe

SINCE, HALF_AN_HOUR, BEFORE = 50, 1_800.0, 1.4
"""Steps, or seconds, after a known beginning that are read, and how many times as long before it."""
KEPT = 2
"""Answers that are kept: those of the cases in hand."""


class IncidentWindow(NamedTuple):
    """Series in the order of their names, the system they are of, and when it changed.

    `scanned` are all windows of change, None where its beginning was known.
    """

    series: tuple[Series, ...]
    observed: Observed
    found: tuple[Window, ...]
    scanned: Scan | None = None

    @property
    def start(self) -> float:
        """When the likeliest common change began, in Unix seconds; 0 without one."""
        return float(self.observed.times[max(self.found).first]) if self.found else 0.0


def incident_window(
    metrics: SeriesSet | None, graph: Graph | None, at: Instant | None
) -> IncidentWindow | None:
    """What was watched; the change begins at `at` where that is known. None where there are no series."""
    return _window(Same(metrics, graph, at)) if metrics and metrics.series else None


@lru_cache(maxsize=KEPT)
def _window(key: Same) -> IncidentWindow:
    metrics, graph, at = key.held
    assert isinstance(metrics, SeriesSet) and isinstance(graph, Graph | None)
    # What is measured of series together must not depend on their order.
    series = tuple(sorted(metrics.series, key=lambda one: one.name))
    observed = observe(_around(series, at) if isinstance(at, Instant) else series, graph)
    first = int(np.searchsorted(observed.times, at.time)) if isinstance(at, Instant) else None
    level = observed.system.level
    scanned = scan(level, first)
    found = tuple(windows(level, first, scanned))
    return IncidentWindow(series, observed, found, scanned if first is None else None)


def _around(series: Sequence[Series], at: Instant) -> Sequence[Series]:
    """The readings around a known beginning, where there are far more than can be read at their own steps.

    So much after it as SINCE steps or half an hour are, and somewhat more before: people look while it lasts.
    """
    step, span = usual_step(series), span_of(series)
    if span is None or span[1] - span[0] <= LONGEST * step:
        return series
    since = min(span[1] - at.time, max(SINCE * step, HALF_AN_HOUR))
    first, last = at.time - BEFORE * since, at.time + since
    return [one.cut(slice(bisect_left(one.times, first), bisect_right(one.times, last))) for one in series]
