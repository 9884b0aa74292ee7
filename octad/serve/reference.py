"""Whether cases are like those that a version was asked first: measures of a window, and of a single case.

A window is held against the reference fact by fact: the population stability index over tenths of the
reference, and the statistic of Kolmogorov and Smirnov. A case is held against it as a whole: the mean
distance to the nearest cases of the reference, after each fact was made normal by its ranks and all were made
uncorrelated, ranked among the same distances of the reference's own cases, each without itself. That rank is
a p-value where cases are exchangeable (conformal prediction; Vovk et al. 2005): of those like the reference a
share `least` is called unlike it. Cases of projects that the reference has none of are called so more often:
`benchmarks/drift.py` measures how much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.serve.facts import FINDINGS, PROBABILITY

Floats = NDArray[np.float64]
Facts = Mapping[str, float]
TENTHS = 10
NEAREST = 5
COMMON = 0.9
"""The share of the reference's cases that must have a fact for it to be used."""
SHRINK = 0.05
"""How much of the covariance is that of uncorrelated facts: few cases do not say more."""
BEYOND = 6.0
"""How far, in spreads, a value beyond the reference counts."""


class FactDrift(NamedTuple):
    """How much a fact differs between a window and the reference, and its medians there."""

    fact: str
    psi: float
    ks: float
    before: float
    now: float


class Unlike(NamedTuple):
    """How a window differs: the mean KS of facts of cases, that of answers, and every fact."""

    cases: float
    answers: float
    facts: tuple[FactDrift, ...]


def is_of_answer(fact: str) -> bool:
    """Whether a fact is one of the answer, and not of the case."""
    return fact.startswith((PROBABILITY, FINDINGS))


def psi(reference: Floats, window: Floats) -> float:
    """The population stability index over tenths of the reference; half a case more in each is never zero."""
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, TENTHS + 1)[1:-1]))
    shares = []
    for values in (reference, window):
        counts = np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1) + 0.5
        shares.append(counts / counts.sum())
    before, now = shares
    return float(((now - before) * np.log(now / before)).sum())


def ks(reference: Floats, window: Floats) -> float:
    """The largest distance between two cumulative distributions."""
    first, second = np.sort(reference), np.sort(window)
    every = np.concatenate([first, second])
    below = np.searchsorted(first, every, "right") / len(first)
    above = np.searchsorted(second, every, "right") / len(second)
    return float(np.abs(below - above).max())


class Reference:
    """Cases to hold others against, a few hundred of them, by their facts; raises ValueError for too few."""

    def __init__(self, rows: Sequence[Facts]) -> None:
        if len(rows) <= NEAREST + 1:
            raise ValueError(f"{len(rows)} cases are no reference")
        self.rows = tuple(rows)
        self.columns = {name: _column(rows, name) for name in _common(rows)}
        self.names = [
            name
            for name, values in self.columns.items()
            if not is_of_answer(name) and values.min() < values.max()
        ]
        self._sorted = [np.sort(self.columns[name]) for name in self.names]
        self._middle = np.array([np.median(values) for values in self._sorted])
        spreads = [(np.quantile(values, 0.9) - np.quantile(values, 0.1)) / 2.56 for values in self._sorted]
        own = [values.std() for values in self._sorted]
        self._spread = np.array([a if a > 1e-6 else b for a, b in zip(spreads, own, strict=True)])
        self._normal = _normal_table(len(rows))
        self._whitening = np.eye(len(self.names))
        normal = self._made_normal(rows)
        self._mean = normal.mean(0)
        self._whitening = _whitening(normal)
        self._points = (normal - self._mean) @ self._whitening
        self._own = np.sort(_nearest(self._points, self._points, own=True))

    def __len__(self) -> int:
        return len(self.rows)

    def likeness(self, rows: Sequence[Facts]) -> Floats:
        """Of each case how many of the reference's, as a share, are as far or farther from the others."""
        if not self.names or not rows:
            return np.ones(len(rows))
        points = (self._made_normal(rows) - self._mean) @ self._whitening
        farther = len(self._own) - np.searchsorted(self._own, _nearest(points, self._points), "left")
        shares: Floats = (1 + farther) / (len(self._own) + 1)
        return shares

    def unlike(self, rows: Sequence[Facts]) -> Unlike:
        """How a window of cases differs from the reference."""
        found = []
        for name, before in self.columns.items():
            now = np.array([row[name] for row in rows if name in row])
            if len(now) >= COMMON * len(rows) and len(now):
                medians = float(np.median(before)), float(np.median(now))
                found.append(FactDrift(name, psi(before, now), ks(before, now), *medians))
        cases = [one.ks for one in found if one.fact in self.names]
        answers = [one.ks for one in found if one.fact.startswith(PROBABILITY)]
        return Unlike(_mean(cases), _mean(answers), tuple(sorted(found, key=lambda one: -one.ks)))

    def _made_normal(self, rows: Sequence[Facts]) -> Floats:
        """The facts of cases `[C, F]` as normal quantiles of their ranks; beyond all of them, farther out."""
        found = np.empty((len(rows), len(self.names)))
        for j, (name, known) in enumerate(zip(self.names, self._sorted, strict=True)):
            values = np.array([row.get(name, self._middle[j]) for row in rows])
            ranks = np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")
            over = np.clip((values - known[-1]) / self._spread[j], 0, BEYOND)
            under = np.clip((known[0] - values) / self._spread[j], 0, BEYOND)
            found[:, j] = self._normal[ranks] + over - under
        return found


def _common(rows: Sequence[Facts]) -> list[str]:
    """The facts that nearly all cases have, but those of single rules."""
    names = sorted({name for row in rows for name in row if ":" not in name})
    return [name for name in names if sum(name in row for row in rows) >= COMMON * len(rows)]


def _column(rows: Iterable[Facts], name: str) -> Floats:
    return np.array([row[name] for row in rows if name in row], np.float64)


def _normal_table(count: int) -> Floats:
    """Normal quantiles of ranks in halves, from 0 to twice the count."""
    normal = NormalDist()
    shares = [min(0.998, max(0.002, (ranks + 1) / 2 / (count + 1))) for ranks in range(2 * count + 1)]
    return np.array([normal.inv_cdf(share) for share in shares])


def _whitening(normal: Floats) -> Floats:
    """What makes the facts uncorrelated and of one spread."""
    if not normal.shape[1]:
        return np.eye(0)
    covariance = np.atleast_2d(np.cov(normal.T))
    size = np.trace(covariance) / len(covariance)
    values, vectors = np.linalg.eigh((1 - SHRINK) * covariance + SHRINK * size * np.eye(len(covariance)))
    found: Floats = vectors / np.sqrt(np.maximum(values, 1e-12))
    return found


def _nearest(points: Floats, others: Floats, *, own: bool = False) -> Floats:
    """The mean distance `[C]` to the nearest of others; to others than itself where they are its `own`."""
    squares = (points**2).sum(1)[:, None] + (others**2).sum(1)[None] - 2 * points @ others.T
    distances = np.sqrt(np.maximum(squares, 0))
    if own:
        np.fill_diagonal(distances, np.inf)
    found: Floats = np.partition(distances, NEAREST - 1, axis=1)[:, :NEAREST].mean(1)
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
