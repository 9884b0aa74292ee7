"""Metrics before and after a deployment as items, each with what judges say of the two.

Legend: N metrics, B and A points before and after.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from octad.modalities.base import ItemModality, Items
from octad.modalities.series import OWN, RELATIONS, Course, Kind, Told, course_of, items_of, place_of
from octad.records.graph import Graph
from octad.records.series import Comparison, Series, split_name
from octad.signals import patches as patching
from octad.signals.evidence import EVIDENCE, evidence
from octad.signals.families import direction
from octad.signals.patches import robust_scale

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

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    def items(self, metrics: Comparison | None, graph: Graph | None = None) -> Items | None:
        """The metrics in the order of their names; the graph says where the name of a service ends."""
        if metrics is None:
            return None
        sides = [{one.name: one for one in side.series} for side in (metrics.before, metrics.after)]
        names = sorted(sides[0].keys() | sides[1].keys())
        if not names:
            return None
        services = [node.id for node in graph.nodes] if graph else []
        pairs = [(sides[0].get(name), sides[1].get(name)) for name in names]
        parted = [split_name(name, services) for name in names]
        numbers = _numbers(pairs, np.array([direction(metric) for _, metric in parted], np.float64))
        told = [
            _told(pair, service, metric, row)
            for pair, (service, metric), row in zip(pairs, parted, numbers, strict=True)
        ]
        if len(told) > MOST:
            strongest = np.argsort(-numbers[:, SURE], kind="stable")[:MOST]
            told = [told[i] for i in sorted(strongest)]
        return items_of(told, len(EVIDENCE))


def _numbers(
    pairs: list[tuple[Series | None, Series | None]], worse: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What judges measure of every metric `[N, len(EVIDENCE)]`, each side as a table of its newest points."""
    before = [course_of(first).thinned(POINTS).values for first, _ in pairs]
    after = [course_of(second).thinned(POINTS).values for _, second in pairs]
    return evidence(_table(before), _table(after), worse)


def _table(columns: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Columns of different length as one table, aligned at their ends."""
    longest = max(map(len, columns))
    return np.column_stack(
        [np.concatenate([np.full(longest - len(column), np.nan), column]) for column in columns]
    )


def _told(
    pair: tuple[Series | None, Series | None], service: str, metric: str, numbers: NDArray[np.float64]
) -> Told:
    first, second = pair
    before, after = course_of(first), course_of(second)
    held = second or first
    assert held is not None
    return Told(
        name=held.name,
        service=service,
        metric=metric,
        numbers=numbers / 4,
        scale=robust_scale(before.values if np.isfinite(before.values).any() else after.values),
        most=PATCHES,
        courses=[(Kind.PATCH, _newest(before)), (Kind.LATER, _newest(after))],
        anchor=place_of(held, held.times[0] if held.times else 0.0),
    )


def _newest(course: Course) -> Course:
    return course.thinned(POINTS)
