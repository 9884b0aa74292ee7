"""How far a figure would move with other cases: percentile intervals by resampling."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Interval(NamedTuple):
    """A figure, and the bounds that hold it at the stated level."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Show the figure and its bounds to three places."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float],
    groups: Sequence[Hashable],
    *,
    samples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile interval of `statistic`, a function of the numbers of the cases drawn.

    `groups` names the group of each case `[N]`: whole groups are drawn with replacement, because
    cases of one project or commit are not independent (pass `range(n)` when they are). Draws for
    which the statistic is not a number are left out. Efron and Tibshirani (1993). Raises
    ValueError without cases.
    """
    if not len(groups):
        raise ValueError("no cases to draw from")
    members: dict[Hashable, list[int]] = {}
    for case, group in enumerate(groups):
        members.setdefault(group, []).append(case)
    blocks = [np.array(block, dtype=np.int64) for block in members.values()]
    generator = np.random.default_rng(seed)
    draws = np.empty(samples)
    for draw in range(samples):
        picked = generator.integers(0, len(blocks), len(blocks))
        draws[draw] = statistic(np.concatenate([blocks[block] for block in picked]))
    value = float(statistic(np.arange(len(groups))))
    draws = draws[np.isfinite(draws)]
    if not draws.size:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))
