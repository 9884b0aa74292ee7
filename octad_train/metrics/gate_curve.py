"""How much a gate catches that holds back the riskiest few."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def caught(scores: ArrayLike, actual: ArrayLike, share: float) -> float:
    """Share of the positives that are among the `share` highest scored; NaN without a positive.

    `scores` float `[N]`, `actual` boolean `[N]`. Room for a part of a case, or of tied ones, catches
    that part of them: what is expected of an order drawn among the tied.
    """
    values, true = np.asarray(scores, dtype=np.float64), np.asarray(actual, dtype=bool)
    if not true.any():
        return float("nan")
    levels, place = np.unique(-values, return_inverse=True)
    sizes = np.bincount(place, minlength=len(levels))
    hits = np.bincount(place, weights=true, minlength=len(levels))
    room = np.clip((share * values.size - (np.cumsum(sizes) - sizes)) / sizes, 0, 1)
    return float((room * hits).sum() / hits.sum())
