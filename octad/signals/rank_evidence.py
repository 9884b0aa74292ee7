"""Evidence that a metric got worse which may be looked at after every point, and by how much at least.

A value since is ranked among those before; ranks become bets against "nothing changed", whose product can be
looked at as often as one likes: under exchangeable points it exceeds 1/a with probability a at most, whenever
one stops (Ville 1939; conformal test martingales: Vovk, Gammerman and Shafer 2022, chapter 8; mixtures of
starting points: Shin, Ramdas and Rinaldo 2023, e-detectors). Points of one metric are not quite exchangeable:
a margin of what the metric did by itself before stands against drift, and no point counts for more than a
record among RECORDS, so that a burst of a few points proves nothing.

Legend: N metrics, B points before, A points since; NaN: not observed. More is worse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from octad.signals.ranks import mean, median

Floats = NDArray[np.float64]

BETS = np.array([0.1, 0.2, 0.35, 0.5])
"""Exponents of the bets k p^(k - 1), mixed alike: small ones win on records, large ones on slight excess."""
STAKE = 0.05
"""Staked on records alone beside these: it wins where a third of the points is far off and the rest as usual.

More would win sooner, but breaks the promise where a past of few points happens to lack its extremes.
"""
RECORDS = 64
"""A rank counts as the best among so many at most, however long the past is."""
WIDTH = 6
"""Points of the short levels that drift is read from."""


def log_evidence(before: Floats, after: Floats, margin: Floats | float = 0.0) -> Floats:
    """Decimal logarithm of the evidence `[A, N]` that `after` lies more than a margin above `before`.

    After every point it is the mean over all bets and all starts since the change, weighed 1 / (j (j + 1))
    for start j. Without a past or a value a point bets nothing.
    """
    ranks = _ranks(before + margin, after)
    found = np.zeros_like(ranks)
    held = np.zeros((len(BETS) + 1, ranks.shape[1]))
    best = _best_rank(np.isfinite(before).sum(axis=0))
    for t, p in enumerate(ranks):
        rank = np.nan_to_num(p, nan=1.0)
        on_record = 1 - STAKE + np.where(rank <= best, STAKE / best, 0.0)
        won = np.vstack([BETS[:, None] * rank ** (BETS[:, None] - 1), on_record])
        won = np.where(np.isfinite(p), won, 1.0)
        held = won * (held + 1 / ((t + 1) * (t + 2)))
        found[t] = held.mean(axis=0) + 1 / (t + 2)
    return np.log10(found)


def drift(before: Floats) -> Floats:
    """The largest rise `[N]` of a short level above all that came before it, and more where points are alike.

    It is taken 1 + r times, r the autocorrelation of neighbours where that is positive: a smooth metric goes
    on for longer than it has been seen to. 0 at least.
    """
    width = min(WIDTH, max(len(before) // 3, 1))
    found = np.zeros(before.shape[1])
    for start in range(max(len(before) // 3, width), len(before) - width + 1, max(width // 2, 1)):
        rise = median(before[start : start + width]) - median(before[:start])
        found = np.maximum(found, np.nan_to_num(rise))
    wider: Floats = found * (1 + np.maximum(_alike(before), 0.0))
    return wider


def _alike(values: Floats) -> Floats:
    """Autocorrelation `[N]` of neighbours; 0 where nothing varies."""
    centred = np.nan_to_num(values - mean(values))
    spread = (centred**2).sum(axis=0)
    found: Floats = (centred[1:] * centred[:-1]).sum(axis=0) / np.where(spread > 0, spread, 1.0)
    return found


def _ranks(before: Floats, after: Floats) -> Floats:
    """Share of the past, and the point itself, at or above each point `[A, N]`; at least 1 in RECORDS."""
    past = np.where(np.isfinite(before), before, np.nan)
    count = np.isfinite(past).sum(axis=0)
    above = np.array([(past >= one).sum(axis=0) for one in after]).reshape(after.shape)
    ranks = np.where(np.isfinite(after) & (count > 0), (1 + above) / (count + 1), np.nan)
    bounded: Floats = np.maximum(ranks, _best_rank(count))
    return bounded


def _best_rank(count: NDArray[np.int64]) -> Floats:
    """The rank of what is above all of so many points: no better than 1 in RECORDS."""
    found: Floats = np.maximum(1 / (count + 1), 1 / RECORDS)
    return found
