"""How good forecasts of quantiles are, and what it costs to provision by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pinball(actual: ArrayLike, forecast: ArrayLike, levels: Sequence[float]) -> NDArray[np.float64]:
    """The loss of each forecast of a quantile, `[..., Q]`: q (y - f) where y is above, (1 - q) (f - y) below.

    `actual` `[...]`, `forecast` `[..., Q]`. Koenker and Bassett, Regression quantiles (1978).
    """
    gap = np.asarray(actual, dtype=np.float64)[..., None] - np.asarray(forecast, dtype=np.float64)
    share = np.asarray(levels, dtype=np.float64)
    return np.maximum(share * gap, (share - 1) * gap)


def weighted_quantile_loss(actual: ArrayLike, forecast: ArrayLike, levels: Sequence[float]) -> float:
    """Twice the pinball loss summed over everything forecast, over the sum of |y|; mean over the levels.

    `actual` `[...]`, `forecast` `[..., Q]`; NaN without demand. Salinas et al., DeepAR (2020), there
    ρ-risk; Makridakis et al., The M5 uncertainty competition (2022) scale otherwise.
    """
    total = float(np.abs(np.asarray(actual, dtype=np.float64)).sum())
    loss = pinball(actual, forecast, levels)
    return float(2 * loss.sum() / (len(levels) * total)) if total else float("nan")


class Provision(NamedTuple):
    """Share of the time with less than was needed, and what was held unused, as a share of the demand."""

    under: float
    unused: float


def provision(actual: ArrayLike, provided: ArrayLike) -> Provision:
    """Judge capacities `[...]` against the demand `[...]`; NaN when there is none."""
    need, have = np.asarray(actual, dtype=np.float64), np.asarray(provided, dtype=np.float64)
    total = float(need.sum())
    if not need.size or not total:
        return Provision(float("nan"), float("nan"))
    return Provision(float(np.mean(need > have)), float(np.maximum(have - need, 0).sum() / total))


def coverage(actual: ArrayLike, forecast: ArrayLike) -> NDArray[np.float64]:
    """The share of `actual` `[...]` at or below each forecast `[..., Q]`: at best the levels themselves."""
    below = np.asarray(actual)[..., None] <= np.asarray(forecast)
    share: NDArray[np.float64] = below.reshape(-1, below.shape[-1]).mean(axis=0)
    return share
