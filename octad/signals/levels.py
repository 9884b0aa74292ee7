"""Series brought to even steps and to one scale, with gaps; means and medians of what is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

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
    groups = together(series)
    step = _usual((one.times, len(one.rows)) for one in groups)
    if not step:
        return np.zeros(0), np.full((len(series), 0), np.nan)
    end = max(float(one.times[-1]) for one in groups if len(one.times))
    begin = min(float(one.times[0]) for one in groups if len(one.times))
    step = max(step, (end - begin) / (LONGEST - 1))
    length = int(np.round((end - begin) / step)) + 1
    steps: Floats = end - step * np.arange(length, dtype=np.float64)[::-1]
    found = np.empty((len(series), length))
    for one in groups:
        found[one.rows] = _binned(one.times, one.values, steps)
    return steps, found


def usual_step(series: Sequence[Series]) -> float:
    """The median over series of the median distance of two readings, in seconds; 0 where none has two."""
    return _usual(Counter(one.times for one in series).items())


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


def _usual(times: Iterable[tuple[ArrayLike, int]]) -> float:
    """The median of the median distances of ascending times, each of so many series; 0 without any.

    Times that repeat are no distance apart and do not count.
    """
    gaps: list[float] = []
    for one, count in times:
        apart = np.diff(np.asarray(one, dtype=np.float64))
        if (apart > 0).any():
            gaps += [float(np.median(apart[apart > 0]))] * count
    return float(np.median(gaps)) if gaps else 0.0


class Together(NamedTuple):
    """Series `rows` with the same ascending times `[P]`, and their values `[R, P]`."""

    times: Floats
    rows: list[int]
    values: Floats


def together(series: Sequence[tuple[ArrayLike, ArrayLike]]) -> list[Together]:
    """Series by their times: most of a system are read at the same ones, and handled at once."""
    arrays = [np.asarray(times, dtype=np.float64) for times, _ in series]
    groups: dict[bytes, list[int]] = {}
    for row, times in enumerate(arrays):
        groups.setdefault(times.tobytes(), []).append(row)
    found = []
    for rows in groups.values():
        times = arrays[rows[0]]
        values = np.stack([np.asarray(series[row][1], dtype=np.float64) for row in rows])
        kept = np.flatnonzero(np.isfinite(times))
        order = kept[np.argsort(times[kept], kind="stable")]
        found.append(Together(times[order], rows, values[:, order]))
    return found


def _binned(times: Floats, values: Floats, steps: Floats) -> Floats:
    """Mean of the values `[R, P]` nearest to each step `[R, T]`."""
    length = len(steps)
    width = (steps[-1] - steps[0]) / (length - 1) if length > 1 else 1.0
    index = length - 1 - np.round((steps[-1] - times) / width).astype(np.int64)
    return bin_means(np.where(index >= 0, index, length), values, length)


def bin_means(index: NDArray[np.int64], values: Floats, length: int) -> Floats:
    """Means `[R, T]` of the values `[R, P]` in each of T bins, NaN for none.

    `index` `[P]` is the bin of each; what lies in bin T, one too far, is in none.
    """
    good = np.isfinite(values)
    place = (index + np.arange(len(values))[:, None] * (length + 1))[good]
    size = len(values) * (length + 1)
    count = np.bincount(place, minlength=size)
    total = np.bincount(place, weights=values[good], minlength=size)
    means = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means.reshape(len(values), length + 1)[:, :length]
