"""Whether a stated probability is the share of times it comes true."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def expected_calibration_error(probabilities: ArrayLike, correct: ArrayLike, bins: int = 15) -> float:
    """Mean gap between stated and observed probability over bins of equal mass; NaN if empty.

    `probabilities` float `[N]`, `correct` boolean `[N]` (whether the stated thing came true).
    Equal-mass bins after Nixon et al., Measuring Calibration in Deep Learning (2019): bins of
    equal width put nearly all the cases of a confident model into one. Equal probabilities share
    a bin, so the figure does not depend on the order of the cases.
    """
    table = reliability(probabilities, correct, bins)
    if not len(table):
        return float("nan")
    stated, observed, count = table.T
    return float(np.sum(np.abs(stated - observed) * count) / np.sum(count))


def reliability(probabilities: ArrayLike, correct: ArrayLike, bins: int = 15) -> NDArray[np.float64]:
    """Rows of a reliability diagram `[<= bins, 3]`: mean stated, share observed, count.

    Raises ValueError for fewer than one bin or for shapes that differ.
    """
    stated = np.asarray(probabilities, dtype=np.float64)
    observed = np.asarray(correct, dtype=np.float64)
    if bins < 1 or stated.shape != observed.shape:
        raise ValueError(f"{bins} bins, shapes {stated.shape} and {observed.shape}")
    if not stated.size:
        return np.zeros((0, 3))
    cuts = np.arange(1, bins) * stated.size // bins
    edges = np.unique(np.sort(stated)[cuts])
    bin_of = np.searchsorted(edges, stated, side="right")
    count = np.bincount(bin_of).astype(np.float64)
    sums = (np.bincount(bin_of, stated), np.bincount(bin_of, observed))
    used = count > 0
    return np.stack([sums[0][used] / count[used], sums[1][used] / count[used], count[used]], axis=1)
