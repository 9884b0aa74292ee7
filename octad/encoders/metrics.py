"""Metrics of an incident as items: each with how far and when it left its usual level.

Legend: N metrics, T points.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.encoders.incident_window import incident_window
from octad.encoders.series_items import OWN, RELATIONS, Kind, SeriesFacts, course_of, items_of, place_of
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.series import Series, SeriesSet, split_name
from octad.signals import series_patches as patching
from octad.signals.change_point import DEVIATION, deviations, strength
from octad.signals.quantity import place
from octad.signals.series_patches import robust_scale

MOST = 96
"""Metrics of one case: those that deviate most."""
PATCHES = 1
"""Of each metric: its shape at a glance, the numbers say the rest."""


class MetricEncoder(Encoder):
    """One item per metric, followed by patches of its course; the time of the incident may be known.

    Names are not read as texts: what is measured is among the numbers, and names of a system that was never
    seen mislead (`design/0015`).
    """

    size = len(DEVIATION) + OWN + patching.SIZE
    kinds = len(Kind)
    relations = RELATIONS

    def items(
        self, metrics: SeriesSet | None, graph: Graph | None = None, at: Instant | None = None
    ) -> Items | None:
        """The metrics that deviate most, in the order of their names."""
        window = incident_window(metrics, graph, at)
        if window is None:
            return None
        series, observed, found, scanned = window
        level = observed.system.level
        chosen = np.sort(np.argsort(-np.abs(strength(level, found)), kind="stable")[:MOST])
        numbers = deviations(level[chosen], found, scanned and scanned.of(chosen))
        facts = [
            _facts(series[i], observed.services, own, window.start)
            for i, own in zip(chosen, numbers, strict=True)
        ]
        return replace(items_of(facts, len(DEVIATION)), texts=())


def _facts(series: Series, services: tuple[str, ...], numbers: np.ndarray, start: float) -> SeriesFacts:
    course = course_of(series)
    service, metric = split_name(series.name, services)
    return SeriesFacts(
        name=series.name,
        service=place(service, metric, services).service,
        metric=metric,
        numbers=numbers,
        scale=robust_scale(course.values),
        most=PATCHES,
        courses=[(Kind.PATCH, course)],
        anchor=place_of(series, start),
    )
