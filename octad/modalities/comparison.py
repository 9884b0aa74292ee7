"""Metrics before and after a deployment as items, each with what judges say of the two.

Legend: N metrics, B and A points before and after.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from octad.modalities.base import ItemModality, Items
from octad.modalities.series import OWN, RELATIONS, Course, Kind, Told, course_of, items_of, place_of
from octad.records.graph import Graph
from octad.records.series import Comparison, split_name
from octad.signals import patches as patching
from octad.signals.evidence import EVIDENCE, evidence
from octad.signals.families import direction
from octad.signals.patches import Scale, robust_scale

POINTS = 96
"""Points of each side that judges see: longer stretches are made coarser."""
PATCHES = 2
"""Patches of each side."""
MOST = 96
"""Metrics of one case: those that changed most."""
SURE = EVIDENCE.index("log_p")


class ComparisonModality(ItemModality):
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
        services = [node.id for node in graph.nodes] if graph else []
        held = [sides[1].get(name) or sides[0][name] for name in names]
        whole = [[course_of(side.get(name)) for side in sides] for name in names]
        courses = [[course.thinned(POINTS) for course in pair] for pair in whole]
        parted = [split_name(name, services) for name in names]
        worse = np.array([direction(metric) for _, metric in parted], np.float64)
        before, after = (_table([pair[side].values for pair in courses]) for side in (0, 1))
        numbers = evidence(before, after, worse)
        scales = [_scale(*pair) for pair in whole]
        told = [
            Told(
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
        if len(told) > MOST:
            strongest = np.argsort(-numbers[:, SURE], kind="stable")[:MOST]
            told = [told[i] for i in sorted(strongest)]
        return items_of(told, len(EVIDENCE))


def _table(columns: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Columns of different length as one table, aligned at their ends."""
    longest = max(map(len, columns))
    return np.column_stack(
        [np.concatenate([np.full(longest - len(column), np.nan), column]) for column in columns]
    )


def _scale(before: Course, after: Course) -> Scale:
    """The scale of what was before, where anything was."""
    return robust_scale((before if np.isfinite(before.values).any() else after).values)
