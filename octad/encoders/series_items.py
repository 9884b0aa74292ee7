"""Series as items: one for each with what was measured of it, and a few patches of its course.

Legend: N items, T points, K numbers of an item.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Items
from octad.records.report import Anchor
from octad.records.series import Series
from octad.signals import series_patches as patching
from octad.signals.metric_polarity import FAMILIES, family
from octad.signals.series_patches import HUGE, Scale, patches

Floats = NDArray[np.float64]

RELATIONS = 3
OWN = len(FAMILIES) + 4
"""Numbers of a series that every modality gives: what it measures, and its scale."""


class Kind(IntEnum):
    """The sorts of items."""

    SERIES = 0
    PATCH = 1
    LATER = 2


class Course(NamedTuple):
    """A stretch of one series `[T]`, NaN where nothing was observed."""

    times: Floats
    values: Floats

    def thinned(self, most: int) -> Course:
        """At most so many points: means of equally many neighbours, the newest whole."""
        step = -(-len(self.values) // most)
        if step <= 1:
            return self
        lead = -len(self.values) % step
        held = np.concatenate([np.full(lead, np.nan), self.values]).reshape(-1, step)
        seen = np.isfinite(held)
        counts = seen.sum(1)
        means = np.where(counts > 0, np.where(seen, held, 0).sum(1) / np.maximum(counts, 1), np.nan)
        return Course(self.times[step - 1 - lead :: step][: len(means)], means)


class SeriesFacts(NamedTuple):
    """One series as it will be items: names, the numbers of its modality, its courses, its place.

    `most` is how many patches each course may have.
    """

    name: str
    service: str
    metric: str
    numbers: Floats
    scale: Scale
    most: int
    courses: Sequence[tuple[Kind, Course]]
    anchor: Anchor | None


def course_of(series: Series | None) -> Course:
    """The points of a series; none where there is no series."""
    if series is None:
        return Course(np.zeros(0), np.zeros(0))
    values = np.array([np.nan if v is None else v for v in series.values], np.float64)
    return Course(
        np.array(series.times, np.float64), np.where(np.isfinite(values), values.clip(-HUGE, HUGE), np.nan)
    )


def place_of(series: Series, time: float) -> Anchor | None:
    """The line of the file at which a series has its first value from a time on."""
    if not series.source:
        return None
    index = int(np.searchsorted(series.times, time))
    line = series.lines[min(index, len(series.lines) - 1)] if series.lines else 1
    return Anchor(path=series.source, line=line, end_line=line, end_column=1)


def items_of(facts: Sequence[SeriesFacts], own: int) -> Items:
    """Items of all series: each followed by its patches; `own` numbers are the modality's."""
    rows: list[Floats] = []
    kinds: list[int] = []
    owners: list[int] = []
    edges: list[tuple[int, int, int]] = []
    for one in facts:
        head = len(rows)
        rows.append(np.concatenate([one.numbers, _scale_numbers(one), np.zeros(patching.SIZE)]))
        kinds.append(Kind.SERIES)
        owners.append(head)
        for kind, course in one.courses:
            for patch in patches(course.times, course.values, one.scale, one.most):
                rows.append(np.concatenate([np.zeros(own + OWN), patch]))
                kinds.append(kind)
                owners.append(head)
        edges += [(i, head, 0) for i in range(head + 1, len(rows))]
        edges += [(head, i, 1) for i in range(head + 1, len(rows))]
        edges += [(i, i + 1, 2) for i in range(head + 1, len(rows) - 1)]
    heads = [kind == Kind.SERIES for kind in kinds]
    of = [facts[n - 1] for n in np.cumsum(heads)]
    return Items(
        texts=tuple(one.name if head else "" for one, head in zip(of, heads, strict=True)),
        numbers=np.array(rows, np.float32),
        kinds=tuple(map(int, kinds)),
        names=tuple(one.name for one in of),
        anchors=tuple(one.anchor for one in of),
        subjects=tuple(one.service for one in of),
        links=((),) * len(of),
        candidates=tuple(heads),
        owners=tuple(owners),
        edges=np.array(edges, np.int32).reshape(-1, 3),
    )


def _scale_numbers(one: SeriesFacts) -> Floats:
    """What is measured, how large it is, how much it varies."""
    own = family(one.metric)
    kind = [float(own == name) for name in FAMILIES]
    level, spread = abs(one.scale.centre), one.scale.spread
    n = sum(len(course.values) for _, course in one.courses)
    sizes = [np.log10(level + 1e-9) / 10, np.log10(spread) / 10, np.log1p(spread / (level + 1e-9)) / 5]
    return np.array([*kind, *sizes, np.log1p(n) / 10])
