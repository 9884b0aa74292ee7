"""The score of the Numenta Anomaly Benchmark, standard profile: early detections earn, false ones cost.

Lavin and Ahmad 2015, *Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark*
(ICMLA), with the constants of their released scorer. Every labelled window earns A × s(y) for its earliest
detection, or -1 when nothing in it is detected; y runs from -1 at its left to 0 at its right edge and
s(y) = 2 / (1 + exp(5 y)) - 1, A such that the first row of a window earns 1. Every detection outside costs
.11 × s(y), y the distance behind the last window in its widths; -.11 before the first window and from
y = 3 on. The first 15 % of a series, at most 750 rows, are not judged. Over the whole corpus 0 is the
detector that says nothing and 100 the one that detects every window in its first row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
FALSE_ALARM = 0.11
PROBATION, LONGEST = 0.15, 5000
FAR = 3.0


class Scored(NamedTuple):
    """Anomaly scores `[N]` of a series, in order, and the first and last row of each labelled window."""

    scores: ArrayLike
    windows: Sequence[tuple[int, int]]


class Operating(NamedTuple):
    """A threshold, the benchmark's score there, and the share of rows outside windows that reach it."""

    threshold: float
    score: float
    false_alarms: float


def probation(rows: int) -> int:
    """How many rows at the beginning are not judged."""
    return min(int(PROBATION * rows), int(PROBATION * LONGEST))


def weights(rows: int, windows: Sequence[tuple[int, int]]) -> tuple[Floats, NDArray[np.int64]]:
    """What a detection in each row `[N]` is worth, and the window it lies in (-1: none)."""
    index = np.arange(rows, dtype=np.float64)
    worth, inside = np.full(rows, -FALSE_ALARM), np.full(rows, -1, dtype=np.int64)
    for number, (first, last) in enumerate(sorted(windows)):
        width = last - first + 1
        behind = (index[last + 1 :] - last) / max(width - 1, 1)
        worth[last + 1 :] = FALSE_ALARM * np.where(behind >= FAR, -1.0, _sigmoid(np.minimum(behind, FAR)))
        worth[first : last + 1] = _sigmoid((index[first : last + 1] - last - 1) / width) / _sigmoid(-1.0)
        inside[first : last + 1] = number
    return worth, inside


def sweep(cases: Sequence[Scored]) -> list[Operating]:
    """The operating points of one threshold for all series, from the highest threshold down."""
    scores, gains, outside, windows = _steps(cases)
    order = np.argsort(-scores, kind="stable")
    scores, total = scores[order], np.cumsum(gains[order])
    alarms = np.cumsum(outside[order]) / max(int(np.count_nonzero(outside)), 1)
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True)[: len(scores)])
    # Null is -1 per window and perfect +1, so that their distance is twice the number of windows.
    points = [Operating(float("inf"), 0.0, 0.0)]
    for at in last:
        points.append(
            Operating(float(scores[at]), float(50 * total[at] / max(windows, 1)), float(alarms[at]))
        )
    return points


def best_threshold(cases: Sequence[Scored]) -> Operating:
    """The threshold with the highest score: choose it on other series than those it is judged on."""
    return max(sweep(cases), key=lambda point: point.score)


def nab_score(cases: Sequence[Scored], threshold: float) -> Operating:
    """Score of `score >= threshold` over all series together."""
    reached = [point for point in sweep(cases) if point.threshold >= threshold]
    return reached[-1]._replace(threshold=threshold)


def _steps(cases: Sequence[Scored]) -> tuple[Floats, Floats, NDArray[np.bool_], int]:
    """Every judged row's score, what the sum gains when the threshold falls to it, and if it is outside.

    Within a window only the best detection counts, hence the gains over the best among higher scores.
    """
    scores, gains, outside, count = [np.zeros(0)], [np.zeros(0)], [np.zeros(0, dtype=bool)], 0
    for case in cases:
        values = np.asarray(case.scores, dtype=np.float64)
        worth, inside = weights(len(values), case.windows)
        judged = np.arange(len(values)) >= probation(len(values))
        for number in np.unique(inside[judged & (inside >= 0)]):
            rows = np.flatnonzero(judged & (inside == number))
            rows = rows[np.argsort(-values[rows], kind="stable")]
            worth[rows] = np.diff(np.maximum.accumulate(np.append(-1.0, worth[rows])), prepend=-1.0)[1:]
            count += 1
        scores.append(values[judged])
        gains.append(worth[judged])
        outside.append(inside[judged] < 0)
    return np.concatenate(scores), np.concatenate(gains), np.concatenate(outside), count


def _sigmoid(position: ArrayLike) -> Floats:
    return np.asarray(2 / (1 + np.exp(5 * np.asarray(position, dtype=np.float64))) - 1)
