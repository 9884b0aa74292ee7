"""A series as a few patches of equal shape, whatever its length, its gaps and its scale.

Legend: T points, P patches.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 16
"""Values of one patch."""
MOST = 4
"""Patches of one series at most, unless said otherwise: longer ones are made coarser."""
SIZE = 2 * BINS + 7
"""Numbers of a patch: values, which were observed, hour and weekday, seconds a bin, place, coverage."""
DAY, WEEK = 86_400.0, 604_800.0
HUGE = 1e100
"""What is larger counts as this, so that no sum overflows: some exporters write the largest number."""


class Scale(NamedTuple):
    """Where a series lies and how far it spreads; `spread` is never zero."""

    centre: float
    spread: float


def robust_scale(values: Floats) -> Scale:
    """Median and normal-consistent interquartile range of what was observed (Rousseeuw and Croux 1993).

    A series that hardly moves is given a thousandth of its level, so that noise of rounding stays small.
    """
    seen = values[np.isfinite(values)].clip(-HUGE, HUGE)
    if not len(seen):
        return Scale(0.0, 1.0)
    low, centre, high = _quartiles(np.sort(seen))
    spread = (high - low) / 1.349 or float(seen.std())
    return Scale(float(centre), float(max(spread, 1e-3 * abs(centre), 1e-9)))


def _quartiles(ordered: Floats) -> list[float]:
    """As `numpy.quantile` gives them, which takes ten times as long for one series."""
    found = []
    for share in (0.25, 0.5, 0.75):
        place = share * (len(ordered) - 1)
        at = int(place)
        low, high = float(ordered[at]), float(ordered[min(at + 1, len(ordered) - 1)])
        part = place - at
        found.append(low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part))
    return found


def patches(times: Floats, values: Floats, scale: Scale, most: int = MOST) -> NDArray[np.float32]:
    """Patches `[P, SIZE]` of a series `[T]`, the newest last; NaN is a gap, no points are no patches.

    Values are asinh((x - centre) / spread) of bins of equally many points; times are Unix seconds in UTC.
    """
    if not len(values):
        return np.zeros((0, SIZE), np.float32)
    points = math.ceil(len(values) / (BINS * most))
    n_bins = math.ceil(len(values) / points)
    count = math.ceil(n_bins / BINS)
    # Aligned at the end: what is newest fills its patch.
    lead = count * BINS * points - len(values)
    padded = np.concatenate([np.full(lead, np.nan), values]).reshape(count, BINS, points)
    stamps = np.concatenate([np.full(lead, times[0]), times]).reshape(count, BINS * points)
    seen = np.isfinite(padded)
    counts = seen.sum(-1)
    means = np.where(seen, padded.clip(-HUGE, HUGE), 0.0).sum(-1) / np.maximum(counts, 1)
    observed = counts > 0
    scaled = np.where(observed, np.arcsinh((means - scale.centre) / scale.spread), 0.0)
    middle = stamps.mean(1)
    gaps = np.full(count, BINS * points - 1)
    gaps[0] -= lead
    seconds = (stamps[:, -1] - stamps[:, 0]) / np.maximum(gaps, 1) * points
    day, week = middle / DAY * 2 * np.pi, middle / WEEK * 2 * np.pi
    return np.column_stack(
        [
            scaled,
            observed,
            np.sin(day), np.cos(day), np.sin(week), np.cos(week),
            np.log10(np.maximum(seconds, 1e-3)) / 4,
            (np.arange(count) + 1) / most,
            seen.mean((1, 2)),
        ]
    ).astype(np.float32)  # fmt: skip
