"""Parameters that make scores into calibrated probabilities, fitted after training."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

COLDEST, HOTTEST = 0.02, 50.0
FARTHEST, ROUNDS = 20.0, 20
"""Bounds of an offset, and how often temperature and offset are fitted in turn."""
RIDGE = 1e-3
"""Draws an offset to zero where cases do not tell: where all are right with room to spare."""


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """Find the T whose softmax(logits / T) has the least cross-entropy; 1.0 if no cases.

    `logits` float `[N, C]` with `labels` int `[N]` in 0..C-1, or `logits` float `[N]` with
    boolean `labels` `[N]` (a logistic unit). A logit of -inf is an answer that is not allowed.
    Guo et al., On Calibration of Modern Neural Networks (2017). The loss is convex in 1/T, so its
    slope is bisected; T stays within 0.02 and 50. Raises ValueError when a label is not allowed.
    """
    scores = np.asarray(logits, dtype=np.float64)
    right = np.asarray(labels)
    if scores.ndim == 1:
        scores = np.stack([np.zeros_like(scores), scores], axis=1)
        right = right.astype(bool)
    if not len(scores):
        return 1.0
    scores = scores - scores.max(axis=1, keepdims=True)
    chosen = scores[np.arange(len(scores)), right.astype(np.int64)]
    if not np.isfinite(chosen).all():
        raise ValueError("a label points at an answer whose logit is not finite")
    low, high = 1 / HOTTEST, 1 / COLDEST
    for _ in range(60):
        middle = (low * high) ** 0.5
        if _slope(scores, chosen, middle) > 0:
            high = middle
        else:
            low = middle
    return float(1 / (low * high) ** 0.5)


def fit_abstention(logits: ArrayLike, labels: ArrayLike) -> tuple[float, float]:
    """Find temperature T and offset b of the first answer, that of none, with the least cross-entropy.

    The probabilities are softmax(logits / T + b e_0), logits float `[N, C]`, labels int `[N]`: how readily
    none is said is learnt last and worst, and one number sets it right. Each is fitted in turn while the
    other stands; (1.0, 0.0) if no cases. Raises ValueError as `fit_temperature` does.
    """
    scores, right = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    temperature, offset = 1.0, 0.0
    if not len(scores):
        return temperature, offset
    for _ in range(ROUNDS):
        moved = scores.copy()
        moved[:, 0] += offset * temperature
        temperature = fit_temperature(moved, right)
        offset = _offset(scores / temperature, right == 0)
    return temperature, offset


def _offset(scores: Floats, none: NDArray[np.bool_]) -> float:
    """The number to add to the first column that makes none as likely as it is, by bisection."""
    low, high = -FARTHEST, FARTHEST
    rest = np.logaddexp.reduce(scores[:, 1:], axis=1)
    for _ in range(60):
        middle = (low + high) / 2
        if float(np.mean(_sigmoid(scores[:, 0] + middle - rest) - none)) + RIDGE * middle > 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def _slope(scores: Floats, chosen: Floats, inverse: float) -> float:
    """Differentiate the mean cross-entropy by 1/T: expected logit minus the logit of the label."""
    allowed = np.isfinite(scores)
    weights = np.where(allowed, np.exp(scores * inverse), 0.0)
    expected = (weights * np.where(allowed, scores, 0.0)).sum(axis=1) / weights.sum(axis=1)
    return float(np.mean(expected - chosen))


def _sigmoid(values: Floats) -> Floats:
    result: Floats = np.exp(-np.logaddexp(0.0, -values))
    return result
