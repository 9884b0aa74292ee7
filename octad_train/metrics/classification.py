"""Yes-or-no decisions against the truth: counts and the figures made of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Confusion(NamedTuple):
    """Counts of the four outcomes; every ratio with an empty denominator is 0."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def accuracy(self) -> float:
        """Share of decisions that were right."""
        return _ratio(self.true_positive + self.true_negative, sum(self))

    @property
    def precision(self) -> float:
        """Share of the alarms that were right."""
        return _ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float:
        """Share of the positives that were found."""
        return _ratio(self.true_positive, self.true_positive + self.false_negative)

    @property
    def false_alarms(self) -> float:
        """Share of the negatives that were flagged."""
        return _ratio(self.false_positive, self.false_positive + self.true_negative)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        hits = 2 * self.true_positive
        return _ratio(hits, hits + self.false_positive + self.false_negative)

    @property
    def youden(self) -> float:
        """Youden's J: recall minus false alarm rate, 0 for any guess that ignores the case.

        W. J. Youden, Index for rating diagnostic tests, Cancer 3 (1950).
        """
        return self.recall - self.false_alarms


def confusion(predicted: ArrayLike, actual: ArrayLike) -> Confusion:
    """Count a decision against the truth, both boolean `[N]`.

    Raises ValueError when the shapes differ.
    """
    said, true = np.asarray(predicted, dtype=bool), np.asarray(actual, dtype=bool)
    if said.shape != true.shape:
        raise ValueError(f"predicted has shape {said.shape}, actual {true.shape}")
    hits = int(np.count_nonzero(said & true))
    alarms, positives = int(np.count_nonzero(said)), int(np.count_nonzero(true))
    return Confusion(hits, alarms - hits, positives - hits, said.size - alarms - positives + hits)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
