"""Rank statistics of two samples of many metrics at once; what was not observed (NaN) does not count."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST_P = 1e-300


class Comparison(NamedTuple):
    """Of each metric: Cliff's delta, -1 to 1, and the standard score of the Mann-Whitney statistic, `[N]`."""

    delta: Floats
    z: Floats


def compare(before: Floats, after: Floats) -> Comparison:
    """Whether `after` `[A, N]` lies above `before` `[B, N]`; both 0 where nothing can be compared.

    Mann and Whitney (1947), normal approximation with the correction for ties; Cliff (1993).
    """
    pairs = _count(before) * _count(after)
    above = (after[:, None] > before).sum((0, 1)) - (after[:, None] < before).sum((0, 1)).astype(np.float64)
    spread = np.sqrt(_variance(before, after))
    delta = np.divide(above, pairs, out=np.zeros_like(above), where=pairs > 0)
    z = np.divide(above / 2, spread, out=np.zeros_like(above), where=spread > 0)
    return Comparison(delta, z)


def log_p(z: Floats) -> Floats:
    """Minus the decimal logarithm of the probability of a larger standard score, `[N]`, at most 300."""
    tails = (math.erfc(one / math.sqrt(2)) / 2 for one in z.tolist())
    return np.array([-math.log10(max(tail, _LEAST_P)) for tail in tails], dtype=np.float64)


class Shift(NamedTuple):
    """How far each metric moved, `[N]`: the Hodges-Lehmann estimate and the bounds that hold it."""

    estimate: Floats
    low: Floats
    high: Floats


def shift(before: Floats, after: Floats, quantile: float) -> Shift:
    """The median of the differences between `after` `[A, N]` and `before` `[B, N]`, with its bounds.

    `quantile` is that of the normal distribution, 2.33 for bounds that hold with 98 %. Where there are too
    few points the bounds are infinite. Hodges and Lehmann (1963); Hollander, Wolfe and Chicken (2014), 4.3.
    """
    differences = np.sort((after[:, None] - before).reshape(-1, before.shape[1]), axis=0)
    pairs = _count(before) * _count(after)
    if not len(differences):
        nothing = np.full(before.shape[1], np.nan)
        return Shift(nothing, np.full_like(nothing, -np.inf), np.full_like(nothing, np.inf))
    total = _count(before) + _count(after)
    rank = np.floor(pairs / 2 - quantile * np.sqrt(pairs * (total + 1) / 12)).astype(np.int64)
    known = rank >= 0
    rank = np.maximum(rank, 0)
    last = np.maximum(pairs.astype(np.int64) - 1, 0)
    low = np.where(known & (pairs > 0), _pick(differences, rank), -np.inf)
    high = np.where(known & (pairs > 0), _pick(differences, np.maximum(last - rank, 0)), np.inf)
    return Shift((_pick(differences, last // 2) + _pick(differences, (last + 1) // 2)) / 2, low, high)


def median(values: Floats) -> Floats:
    """The medians of columns `[T, N]`, NaN where nothing was observed."""
    if not len(values):
        return np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)
    last = np.maximum(_count(values).astype(np.int64) - 1, 0)
    return (_pick(ordered, last // 2) + _pick(ordered, (last + 1) // 2)) / 2


def mean(values: Floats) -> Floats:
    """The means of columns `[T, N]`, NaN where nothing was observed."""
    count = _count(values)
    result = np.full(len(count), np.nan)
    np.divide(np.nansum(values, axis=0), count, out=result, where=count > 0)
    return result


def _pick(ordered: Floats, row: NDArray[np.int64]) -> Floats:
    found: Floats = np.take_along_axis(ordered, row[None], axis=0).reshape(-1)
    return found


def _count(values: Floats) -> Floats:
    count: Floats = np.isfinite(values).sum(axis=0, dtype=np.float64)
    return count


def _variance(before: Floats, after: Floats) -> Floats:
    """The variance of the Mann-Whitney statistic, with ties."""
    pooled = np.sort(np.concatenate([before, after]), axis=0)
    ties = np.zeros(pooled.shape[1])
    for column, values in enumerate(pooled.T):
        run = np.flatnonzero(np.diff(np.concatenate([[np.nan], values, [np.nan]])) != 0)
        size = np.diff(run).astype(np.float64)
        ties[column] = np.sum(size**3 - size)
    total = _count(pooled)
    room = np.maximum(total * (total - 1), 1)
    variance: Floats = _count(before) * _count(after) / 12 * (total + 1 - ties / room)
    return np.maximum(variance, 0)
