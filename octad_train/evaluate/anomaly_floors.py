"""Simple and published detectors of anomalies in one series, for the streaming detector to be compared with.

Each gives a score `[N]` per value `[N]`; what needs a first part to learn from takes the number of its rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Detector = Callable[[Floats, int], Floats]
WINDOW, COMPONENTS = 20, 3
LONG, SHORT = 6400, 10
"""Values that the Gaussians of the benchmark look back on, and those whose mean is judged."""
ENTROPY, BINS, SURE = 52, 5, 13.28
"""Values in a window, bins, and the .01 tail of chi-square at four degrees, as in Wang et al. 2011."""


def static(values: Floats, first: int) -> Floats:
    """Distance beyond the range seen in the first part, in ranges."""
    low, high = values[:first].min(), values[:first].max()
    beyond = np.maximum(values - high, low - values)
    return np.asarray(beyond / (high - low + 1e-3 * abs(high) + 1e-12))


def gaussian(values: Floats, first: int) -> Floats:
    """Deviations from the mean of all values so far."""
    return np.abs(_deviations(values, len(values)))


def windowed_gaussian(values: Floats, first: int) -> Floats:
    """Deviations from the mean of the last LONG values: the windowed Gaussian of the benchmark."""
    return np.abs(_deviations(values, LONG))


def likelihood(values: Floats, first: int) -> Floats:
    """Anomaly likelihood (Ahmad et al. 2017) of steps: the mean of the last SHORT beside the last LONG."""
    steps = np.abs(np.diff(values, prepend=values[:1]))
    sums = np.cumsum(np.insert(steps, 0, 0.0))
    at = np.arange(1, len(values) + 1)
    begin = np.maximum(at - SHORT, 0)
    lately = (sums[at] - sums[begin]) / (at - begin)
    return np.asarray(_deviations(steps, LONG, lately))


def principal(values: Floats, first: int) -> Floats:
    """What three principal components of windows in the first part leave of later windows, in theirs."""
    scaled = (values - values.mean()) / (values.std() + 1e-12)
    views = np.lib.stride_tricks.sliding_window_view(scaled, WINDOW)
    learned = views[: first - WINDOW]
    centre = learned.mean(axis=0)
    axes = np.linalg.svd(learned - centre, full_matrices=False)[2][:COMPONENTS]
    left = np.linalg.norm((views - centre) - (views - centre) @ axes.T @ axes, axis=1)
    usual = left[: len(learned)]
    return np.append(np.zeros(WINDOW - 1), (left - usual.mean()) / (usual.std() + 1e-3))


def relative_entropy(values: Floats, first: int) -> Floats:
    """How unlike every earlier distribution of values in a window the last one is (Wang et al. 2011)."""
    low, high = values[:first].min(), values[:first].max()
    bins = np.clip(np.floor((values - low) / (high - low + 1e-12) * BINS), 0, BINS - 1).astype(np.int64)
    scores, known = np.zeros(len(values)), list[Floats]()
    for at in range(ENTROPY, len(values) + 1):
        share = np.bincount(bins[at - ENTROPY : at], minlength=BINS) / ENTROPY
        unlike = min((_entropy(share, other) for other in known), default=math.inf)
        if unlike > SURE:
            known.append(share)
        scores[at - 1] = min(unlike, 1e3)
    return scores


def _entropy(share: Floats, other: Floats) -> float:
    """Twice the size of the window times the divergence of one distribution from another."""
    seen = share > 0
    with np.errstate(divide="ignore"):
        return float(2 * ENTROPY * (share[seen] * np.log(share[seen] / other[seen])).sum())


def _deviations(values: Floats, window: int, judged: Floats | None = None) -> Floats:
    """Deviations of each value from those in the window before it."""
    at = np.arange(1, len(values))
    begin = np.maximum(at - window, 0)
    # Sums of squares of what is far from 0 lose their digits.
    centred = values - values[0]
    sums, squares = (np.cumsum(np.insert(centred**power, 0, 0.0)) for power in (1, 2))
    mean = (sums[at] - sums[begin]) / (at - begin)
    spread = np.sqrt(np.maximum((squares[at] - squares[begin]) / (at - begin) - mean**2, 0))
    judged = centred if judged is None else judged - values[0]
    return np.append(0.0, (judged[1:] - mean) / (spread + 1e-9))


def rested(scores: Floats, rest: int) -> Floats:
    """Scores that are higher than all in the `rest` values before them, 0 for the others."""
    before = np.concatenate([np.full(rest, -np.inf), scores])[:-1]
    highest = np.lib.stride_tricks.sliding_window_view(before, rest).max(axis=1)
    return np.where(scores > highest, scores, 0.0)


FLOORS: dict[str, Detector] = {
    "static threshold": static,
    "Gaussian": gaussian,
    "windowed Gaussian": windowed_gaussian,
    "anomaly likelihood": likelihood,
    "relative entropy": relative_entropy,
    "PCA over windows": principal,
}
