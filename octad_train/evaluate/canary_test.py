"""Tests of a rollout that need no learning: a rank test as Kayenta runs it, and fixed thresholds.

All take `before` `[B, N]`, `after` `[A, N]` (NaN: not observed) and `worse` `[N]`: 1 where more of a
metric is worse, -1 where less is, 0 where neither is. A metric without a direction is not tested.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from octad.signals.ranks import compare, log_p, mean, median, shift

Floats = NDArray[np.float64]
Score = Callable[[Floats, Floats, Floats], float]

#: What Kayenta sets: the bounds hold with 98 %, and must be beyond a quarter of the estimate.
QUANTILE, TOLERANCE = 2.326, 0.25


def failed(before: Floats, after: Floats, worse: Floats) -> NDArray[np.bool_]:
    """Which metrics `[N]` a canary fails: the shift is beyond a quarter of its own estimate, with 98 %.

    The rule of Kayenta's `MannWhitneyClassifier` (Netflix and Google 2018, *Automated canary analysis*).
    """
    moved = shift(before * worse, after * worse, QUANTILE)
    fails: NDArray[np.bool_] = (worse != 0) & (moved.low > TOLERANCE * np.abs(moved.estimate))
    return fails


def share_failed(before: Floats, after: Floats, worse: Floats) -> float:
    """The share of the tested metrics that fail: Kayenta's score is 100 (1 - share)."""
    tested = (worse != 0) & np.isfinite(before).any(axis=0) & np.isfinite(after).any(axis=0)
    if not tested.any():
        return 0.0
    return float(failed(before[:, tested], after[:, tested], worse[tested]).mean())


def surest(before: Floats, after: Floats, worse: Floats, tolerance: float = 0.1) -> float:
    """The largest -log10 p of any metric that it is worse by more than a share of its normal level.

    A one-sided rank test of each metric: a test with one threshold that can be set.
    """
    tested = worse != 0
    before, after, worse = before[:, tested], after[:, tested], worse[tested]
    margin = tolerance * np.nan_to_num(np.abs(median(before)))
    z = compare(before * worse + margin, after * worse).z
    return float(log_p(z).max(initial=0.0))


def excess(before: Floats, after: Floats, worse: Floats) -> float:
    """The largest rise, or fall where less is worse, of a mean, as a share of what it was before.

    Fixed thresholds: "10 % worse than the baseline". Where it was nothing before, any rise counts as
    ten times as much.
    """
    tested = worse != 0
    was, now = mean(before[:, tested]), mean(after[:, tested])
    change = np.nan_to_num((now - was) * worse[tested])
    ratio = np.divide(change, np.abs(was), out=np.where(change > 0, 10.0, 0.0), where=np.abs(was) > 0)
    return float(np.nan_to_num(ratio).max(initial=0.0))


def sequential(score: Score, before: Floats, after: Floats, worse: Floats, least: int = 3) -> Floats:
    """What a test says after every further point of `after`, `[A]`; 0 before there are `least`."""
    found = [score(before, after[: points + 1], worse) for points in range(least - 1, len(after))]
    return np.array([0.0] * min(least - 1, len(after)) + found)
