"""How well scores put the right things first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def auc(scores: ArrayLike, actual: ArrayLike) -> float:
    """Chance that a positive outranks a negative, ties counting half; NaN without one of each.

    `scores` float `[N]`, `actual` boolean `[N]`. The Mann-Whitney form of the area under the
    receiver operating curve: Hanley and McNeil, Radiology 143 (1982).
    """
    true = np.asarray(actual, dtype=bool)
    positives = int(np.count_nonzero(true))
    negatives = true.size - positives
    if not positives or not negatives:
        return float("nan")
    rank_sum = float(_mid_ranks(np.asarray(scores))[true].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def pairwise_accuracy(worse: ArrayLike, better: ArrayLike) -> float:
    """Share of pairs whose worse half scores higher, ties counting half; NaN without pairs.

    Both float `[P]`: for before/after pairs of a fix, the scores of the code before and after.
    """
    first, second = np.asarray(worse, dtype=np.float64), np.asarray(better, dtype=np.float64)
    if not first.size:
        return float("nan")
    return float(np.mean((first > second) + 0.5 * (first == second)))


def rank_of_first(scores: ArrayLike, actual: ArrayLike) -> float:
    """Rank (from 1) of the best placed right item, averaged over ties; inf when there is none.

    `scores` float `[N]`, `actual` boolean `[N]`. A model that gives every item one score gets
    the rank expected from chance, not rank 1.
    """
    values, true = np.asarray(scores, dtype=np.float64), np.asarray(actual, dtype=bool)
    if not true.any():
        return float("inf")
    best = values[true].max()
    above = int(np.count_nonzero(values > best))
    tied = int(np.count_nonzero(values == best))
    tied_right = int(np.count_nonzero((values == best) & true))
    return above + (tied + 1) / (tied_right + 1)


def top_k(found_at: Sequence[float], k: int) -> float:
    """Share of cases whose right answer stands among the first `k`, from their ranks; 0 if empty."""
    return float(np.mean(np.asarray(found_at) <= k)) if len(found_at) else 0.0


def hits(ranked: Sequence[int], actual: Iterable[int], k: int) -> bool:
    """Whether one of the first `k` of `ranked` is right."""
    return not set(actual).isdisjoint(ranked[:k])


def mean_reciprocal_rank(found_at: Sequence[float]) -> float:
    """Mean of 1/rank over the cases, 0 for a right answer that was not ranked; 0 if empty."""
    return float(np.mean(1.0 / np.asarray(found_at, dtype=np.float64))) if len(found_at) else 0.0


def _mid_ranks(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing the mean of theirs."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: NDArray[np.float64] = last - (counts - 1) / 2
    return middle[group]
