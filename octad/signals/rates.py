"""When the rate of something counted changed, and by how much.

Legend: T buckets.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HALF = 0.5
"""Added to every count, so that a rate of zero has a logarithm."""


class Shift(NamedTuple):
    """A change of rate before bucket `at`: its log-likelihood gain, and the log of the ratio of rates."""

    at: int
    gain: float
    log_ratio: float


def rate_shift(counts: Floats, at: int | None = None) -> Shift:
    """The likeliest single change of a Poisson rate in counts `[T]`, or that at a given bucket.

    The gain is the log-likelihood of two rates above that of one (Chen and Gupta 2012, chapter 4.5); fewer
    than two buckets know no change.
    """
    T = len(counts)
    if T < 2:
        return Shift(0, 0.0, 0.0)
    splits = np.arange(1, T) if at is None else np.array([min(max(at, 1), T - 1)])
    before = np.cumsum(counts)[splits - 1]
    after = counts.sum() - before
    gains = _fit(before, splits) + _fit(after, T - splits) - _fit(counts.sum(), T)
    best = int(np.argmax(gains))
    split = int(splits[best])
    rates = (after[best] + HALF) / (T - split + HALF), (before[best] + HALF) / (split + HALF)
    return Shift(split, float(max(gains[best], 0.0)), float(np.log(rates[0] / rates[1])))


def _fit(total: Floats | float, buckets: NDArray[np.int64] | int) -> Floats:
    """Log-likelihood of a Poisson rate at its best, without the terms that cancel."""
    rate = np.maximum(np.asarray(total, np.float64), 1e-12) / buckets
    found: Floats = np.asarray(total * np.log(rate) - total, np.float64)
    return found
