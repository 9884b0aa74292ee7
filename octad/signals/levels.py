"""Series brought to even steps and to one scale, with gaps; means and medians of what is seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from octad.records.series import Series
from octad.signals.quantity import SUCCESS

Floats = NDArray[np.float64]
LONGEST = 120
"""Steps at most: of longer times every step is wider, none is left out."""


def align(series: Sequence[tuple[ArrayLike, ArrayLike]]) -> tuple[Floats, Floats]:
    """Times `[T]` at even steps and values `[S, T]`, the mean of each step, NaN without any.

    Each series is (times, values); the step is the median over series of their median distance, or a share
    of the whole where that would make more than LONGEST. Values that are not finite count as gaps.
    """
    pairs = [_clean(times, values) for times, values in series]
    gaps = [np.median(apart) for times, _ in pairs if len(apart := _apart(times))]
    if not gaps:
        return np.zeros(0), np.full((len(pairs), 0), np.nan)
    step = float(np.median(gaps))
    end = max(float(times[-1]) for times, _ in pairs if len(times))
    begin = min(float(times[0]) for times, _ in pairs if len(times))
    step = max(step, (end - begin) / (LONGEST - 1))
    length = int(np.round((end - begin) / step)) + 1
    steps: Floats = end - step * np.arange(length, dtype=np.float64)[::-1]
    return steps, np.stack([_binned(*pair, steps) for pair in pairs])


def usual_step(series: Sequence[Series]) -> float:
    """The median over series of the median distance of two readings, in seconds; 0 where none has two."""
    gaps = [float(np.median(np.diff(one.times))) for one in series if len(one.times) > 1]
    return float(np.median(gaps)) if gaps else 0.0


def levels(table: ArrayLike, quantities: Sequence[str]) -> Floats:
    """Values `[S, T]` on one scale: logarithms, of the failures where a success is measured.

    A unit of a twentieth of the usual and a hundredth of the largest value keeps zeros finite; whole
    numbers are counts, and get one more, since 0 → 3 of a count is little.
    """
    values = np.asarray(table, dtype=np.float64)
    if not values.size:
        return values
    seen, size = np.isfinite(values), np.abs(values)
    largest = np.max(np.where(seen, size, 0.0), axis=1, keepdims=True)
    whole = np.all(~seen | (values == np.round(values)), axis=1, keepdims=True)
    unit = 0.01 * largest + 0.05 * median(size) + whole + np.finfo(float).tiny
    logs = np.sign(values) * np.log1p(size / unit)
    failures = np.log(np.clip(1 - values / np.where(largest > 1.5, 100.0, 1.0), 0, None) + 0.005)
    success = np.array([name == SUCCESS for name in quantities])
    return np.where(success[:, None], failures, logs)


def mean(values: Floats, axis: int = 1) -> Floats:
    """Mean of what is seen, kept as a column; NaN where nothing is."""
    seen = np.isfinite(values)
    count = seen.sum(axis=axis, keepdims=True)
    total = np.where(seen, values, 0.0).sum(axis=axis, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def median(values: Floats) -> Floats:
    """Median of what is seen in each row, as a column; NaN where nothing is."""
    ordered = np.sort(np.where(np.isfinite(values), values, np.nan), axis=1)
    count = np.isfinite(ordered).sum(axis=1, keepdims=True)
    if not ordered.shape[1]:
        return np.full((len(ordered), 1), np.nan)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, ordered.shape[1] - 1), axis=1)
    return np.where(count > 0, (low + high) / 2, np.nan)


def _apart(times: Floats) -> Floats:
    """Distances of neighbours in ascending times, repeated ones left out."""
    gaps = np.diff(times)
    found: Floats = gaps[gaps > 0]
    return found


def _clean(times: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    at, what = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    at, what = at[np.isfinite(at)], what[np.isfinite(at)]
    order = np.argsort(at, kind="stable")
    return at[order], what[order]


def _binned(times: Floats, values: Floats, steps: Floats) -> Floats:
    """Mean of the values nearest to each step `[T]`."""
    length = len(steps)
    width = (steps[-1] - steps[0]) / (length - 1) if length > 1 else 1.0
    index = length - 1 - np.round((steps[-1] - times) / width).astype(np.int64)
    good = np.isfinite(values) & (index >= 0)
    count = np.bincount(index[good], minlength=length)
    total = np.bincount(index[good], weights=values[good], minlength=length)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
