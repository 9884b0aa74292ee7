"""Metrics before and after a deployment as items, each with what statistics say of the two.

Legend: N metrics, B and A points before and after.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Encoder, Items
from octad.encoders.series_items import (
    OWN,
    RELATIONS,
    Course,
    Kind,
    SeriesFacts,
    course_of,
    items_of,
    place_of,
)
from octad.records.graph import Graph
from octad.records.series import Comparison, split_name
from octad.signals import series_patches as patching
from octad.signals.metric_polarity import direction
from octad.signals.quantity import whose
from octad.signals.series_patches import Scale, robust_scale
from octad.signals.service_names import services_of
from octad.signals.shift_statistics import EVIDENCE, evidence

POINTS = 96
"""Points of each side that the statistics see: longer stretches are made coarser."""
PATCHES = 2
"""Patches of each side."""
MOST = 96
"""Metrics of one case: those that changed most."""
SURE = EVIDENCE.index("log_p")


class MetricComparisonEncoder(Encoder):
    """One item per metric, whichever side it is on, followed by patches of both sides."""

    size = len(EVIDENCE) + OWN + patching.SIZE
    kinds = len(Kind)
    relations = RELATIONS

    def items(self, metrics: Comparison | None, graph: Graph | None = None) -> Items | None:
        """The metrics in the order of their names; the graph says where the name of a service ends."""
        if metrics is None:
            return None
        sides = [{one.name: one for one in side.series} for side in (metrics.before, metrics.after)]
        names = sorted(sides[0].keys() | sides[1].keys())
        if not names:
            return None
        held = [sides[1].get(name) or sides[0][name] for name in names]
        services = services_of(held, [node.id for node in graph.nodes] if graph else ())
        whole = [[course_of(side.get(name)) for side in sides] for name in names]
        courses = [[course.thinned(POINTS) for course in pair] for pair in whole]
        parted = [whose(*split_name(name, services), services) for name in names]
        worse = np.array([direction(metric) for _, metric in parted], np.float64)
        before, after = (_table([pair[side].values for pair in courses]) for side in (0, 1))
        numbers = evidence(before, after, worse)
        scales = [_scale(*pair) for pair in whole]
        facts = [
            SeriesFacts(
                name=series.name,
                service=service,
                metric=metric,
                numbers=row / 4,
                scale=scale,
                most=PATCHES,
                courses=list(zip((Kind.PATCH, Kind.LATER), pair, strict=True)),
                anchor=place_of(series, series.times[0] if series.times else 0.0),
            )
            for series, (service, metric), row, scale, pair in zip(
                held, parted, numbers, scales, courses, strict=True
            )
        ]
        if len(facts) > MOST:
            strongest = np.argsort(-numbers[:, SURE], kind="stable")[:MOST]
            facts = [facts[i] for i in sorted(strongest)]
        return items_of(facts, len(EVIDENCE))


def _table(columns: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Columns of different length as one table, aligned at their ends."""
    longest = max(map(len, columns))
    return np.column_stack(
        [np.concatenate([np.full(longest - len(column), np.nan), column]) for column in columns]
    )


def _scale(before: Course, after: Course) -> Scale:
    """The scale of what was before, where anything was."""
    return robust_scale((before if np.isfinite(before.values).any() else after).values)
