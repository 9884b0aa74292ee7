"""Metrics of an incident as items: each with how far and when it left its usual level.

Legend: N metrics, T points.
"""

from __future__ import annotations

import numpy as np

from octad.modalities.base import ItemModality, Items
from octad.modalities.series import OWN, RELATIONS, Kind, Told, course_of, items_of, place_of
from octad.modalities.watched import watch
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.series import Series, SeriesSet, split_name
from octad.signals import patches as patching
from octad.signals.onset import DEVIATION, deviations
from octad.signals.patches import robust_scale
from octad.signals.quantity import place

MOST = 96
"""Metrics of one case: those that deviate most."""
PATCHES = 1
"""Of each metric: its shape at a glance, the numbers say the rest."""
EVIDENCE = DEVIATION.index("evidence")


class MetricModality(ItemModality):
    """One item per metric, followed by patches of its course; the time of the incident may be known."""

    size = len(DEVIATION) + OWN + patching.SIZE
    kinds = len(Kind)
    relations = RELATIONS

    def items(
        self, metrics: SeriesSet | None, graph: Graph | None = None, at: Instant | None = None
    ) -> Items | None:
        """The metrics that deviate most, in the order of their names."""
        watched = watch(metrics, graph, at)
        if watched is None:
            return None
        series, observed, found = watched
        numbers = deviations(observed.system.level, found)
        strongest = np.argsort(-np.abs(numbers[:, EVIDENCE]), kind="stable")[:MOST]
        told = [_told(series[i], observed.services, numbers[i], watched.began) for i in sorted(strongest)]
        return items_of(told, len(DEVIATION))


def _told(series: Series, services: tuple[str, ...], numbers: np.ndarray, began: float) -> Told:
    course = course_of(series)
    service, metric = split_name(series.name, services)
    return Told(
        name=series.name,
        service=place(service, metric, services).service,
        metric=metric,
        numbers=numbers,
        scale=robust_scale(course.values),
        most=PATCHES,
        courses=[(Kind.PATCH, course)],
        anchor=place_of(series, began),
    )
