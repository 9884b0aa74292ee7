"""Parameters that make scores into calibrated probabilities, fitted after training."""

from __future__ import annotations

from typing import NamedTuple

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


class Platt(NamedTuple):
    """Probability = 1 / (1 + exp(-(slope * score + offset)))."""

    slope: float
    offset: float

    def __call__(self, scores: ArrayLike) -> Floats:
        """Probabilities of the scores, same shape."""
        return _sigmoid(self.slope * np.asarray(scores, dtype=np.float64) + self.offset)


def fit_platt(scores: ArrayLike, correct: ArrayLike) -> Platt:
    """Fit a logistic curve through scores float `[N]` and outcomes boolean `[N]`.

    Platt, Probabilistic outputs for support vector machines (1999), with his softened targets, so
    that separable scores give finite parameters; Newton's method with step halving (Lin, Lin and
    Weng 2007). Raises ValueError without scores.
    """
    values, outcome = np.asarray(scores, dtype=np.float64), np.asarray(correct, dtype=bool)
    if not values.size:
        raise ValueError("no scores to fit a curve to")
    positives = int(np.count_nonzero(outcome))
    negatives = outcome.size - positives
    target = np.where(outcome, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    middle, spread = float(values.mean()), float(values.std()) or 1.0
    slope, offset = _newton((values - middle) / spread, target)
    return Platt(slope / spread, offset - slope * middle / spread)


def _newton(values: Floats, target: Floats) -> tuple[float, float]:
    inputs = np.stack([values, np.ones_like(values)], axis=1)
    weights = np.array([0.0, float(np.log(target.mean() / (1 - target.mean())))])
    for _ in range(100):
        stated = _sigmoid(inputs @ weights)
        gradient = inputs.T @ (stated - target)
        # The ridge keeps the step finite when all scores are equal or all cases are certain.
        curvature = (inputs.T * (stated * (1 - stated))) @ inputs + 1e-10 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        before, size = _loss(inputs @ weights, target), 1.0
        while size > 1e-10 and _loss(inputs @ (weights - size * step), target) > before:
            size /= 2
        weights = weights - size * step
        if float(np.abs(step).max()) * size < 1e-10:
            break
    return float(weights[0]), float(weights[1])


class Isotonic(NamedTuple):
    """A rising step curve with straight lines between `at` and `value`, both `[K]`, flat outside."""

    at: Floats
    value: Floats

    def __call__(self, scores: ArrayLike) -> Floats:
        """Probabilities of the scores, same shape."""
        return np.interp(np.asarray(scores, dtype=np.float64), self.at, self.value)


def fit_isotonic(scores: ArrayLike, correct: ArrayLike) -> Isotonic:
    """Fit the rising curve with the least squared error, from scores float `[N]`, outcomes `[N]`.

    Pool adjacent violators: Ayer et al. (1955); for calibration Zadrozny and Elkan (2002). Raises
    ValueError without scores.
    """
    values, outcome = np.asarray(scores, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    if not values.size:
        raise ValueError("no scores to fit a curve to")
    at, group, count = np.unique(values, return_inverse=True, return_counts=True)
    blocks: list[tuple[float, int, int]] = []  # sum of outcomes, cases, distinct scores
    for total, cases in zip(np.bincount(group, outcome), count, strict=True):
        blocks.append((float(total), int(cases), 1))
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            last, previous = blocks.pop(), blocks.pop()
            blocks.append((previous[0] + last[0], previous[1] + last[1], previous[2] + last[2]))
    value = np.repeat([s / c for s, c, _ in blocks], [width for *_, width in blocks])
    return Isotonic(at, value)


def _loss(logits: Floats, target: Floats) -> float:
    return float(np.sum(np.logaddexp(0.0, logits) - target * logits))


def _sigmoid(values: Floats) -> Floats:
    result: Floats = np.exp(-np.logaddexp(0.0, -values))
    return result
