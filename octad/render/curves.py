"""Curves made ready to draw: cut at their gaps, thinned to the room there is, on a scale for the usual."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter
from statistics import median

from octad.records.report import Curve
from octad.render.axis import DASH, Axis, finite

Point = tuple[float, float]

# A silence of so many usual steps is a gap.
SILENCE = 5
# Values so many usual spreads beyond the usual ones do not set the scale.
REACH = 5
# A share of the scale: values that far from their neighbours are shown in place of them.
OUT = 0.4
_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def runs_of(curve: Curve) -> list[list[Point]]:
    """The points in the order of time, cut where a value is missing and where there was silence."""
    pairs = sorted(
        (
            (time, value)
            for time, value in zip(curve.times, curve.values, strict=False)
            if math.isfinite(time)
        ),
        key=itemgetter(0),
    )
    steps = [after[0] - before[0] for before, after in pairwise(pairs) if after[0] > before[0]]
    silence = SILENCE * median(steps) if steps else math.inf
    runs: list[list[Point]] = [[]]
    for time, value in pairs:
        if value is None or not math.isfinite(value):
            runs.append([])
        elif runs[-1] and time - runs[-1][-1][0] > silence:
            runs.append([(time, value)])
        else:
            runs[-1].append((time, value))
    return [run for run in runs if run]


def scale_of(values: Sequence[float]) -> Point:
    """The lowest and the highest value to draw; what lies far beyond the usual is drawn at the edge."""
    ordered = sorted(values)
    tail = len(ordered) // 20
    usual_low, usual_high = ordered[tail], ordered[-1 - tail]
    reach = REACH * (usual_high - usual_low)
    if reach <= 0:
        return ordered[0], ordered[-1]
    return max(ordered[0], usual_low - reach), min(ordered[-1], usual_high + reach)


def height(value: float, scale: Point) -> float:
    """Where a value lies on a scale, 0 to 1; in the middle of one without length."""
    low, high = scale
    return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def thinned(run: Sequence[Point], axis: Axis, n_places: int) -> list[Point]:
    """The lowest and the highest point of each of so many places along the axis, in the order of time."""
    if len(run) <= 2:
        return list(run)
    places: dict[int, list[Point]] = {}
    for point in run:
        places.setdefault(int(axis.share(point[0]) * n_places), []).append(point)
    kept = []
    for points in places.values():
        ends = {min(points, key=itemgetter(1)), max(points, key=itemgetter(1))}
        kept.extend(sorted(ends))
    return kept


def columns_of(curve: Curve, axis: Axis, width: int) -> list[float | None]:
    """One value per column of text, on a line between columns without points; None in gaps."""
    runs = runs_of(curve)
    columns: list[float | None] = [None] * width
    scale = scale_of([value for run in runs for _, value in run] or [0.0])
    for run in runs:
        held: dict[int, list[float]] = {}
        for time, value in run:
            held.setdefault(min(width - 1, int(axis.share(time) * width)), []).append(value)
        places = [(column, _typical(values, scale)) for column, values in held.items()]
        columns[places[0][0]] = places[0][1]
        for (start, before), (end, after) in pairwise(places):
            for column in range(start + 1, end + 1):
                share = (column - start) / (end - start)
                columns[column] = before * (1 - share) + after * share
    return columns


def _typical(values: Sequence[float], scale: Point) -> float:
    """The middle of values that share a column, or the farthest from it where that stands out."""
    middle = median(values)
    farthest = max(values, key=lambda value: abs(value - middle))
    stands_out = abs(height(farthest, scale) - height(middle, scale)) > OUT
    return farthest if stands_out else middle


def last_of(curve: Curve) -> str:
    """The newest value that there is."""
    runs = runs_of(curve)
    return number(runs[-1][-1][1]) if runs else ""


def range_of(curve: Curve) -> str:
    """Lowest to highest value with the unit, or that there is none."""
    values = list(finite(curve.values))
    if not values:
        return "no values"
    low, high = number(min(values)), number(max(values))
    return f"{low if low == high else f'{low}{DASH}{high}'} {curve.unit}".rstrip()


def number(value: float) -> str:
    """A value in three or four digits: `0.25`, `9,120`, `12.3k`."""
    size = abs(value)
    if size < 1_000 or size >= 1e15:
        return f"{value:.3g}"
    if size < 9_999.5:
        return f"{value:,.0f}"
    limit, suffix = next(one for one in _SUFFIXES if size >= one[0] * 0.9995)
    return f"{value / limit:.3g}{suffix}"
