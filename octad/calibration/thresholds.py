"""Thresholds per rule: how sure a finding must be, so that where nothing is wrong little is said.

Injected bugs make up half of a training stream and next to nothing of released code. A threshold is therefore
chosen by the precision that it would have at the share of cases that hold something to find where it is used,
and one precision is asked of all rules of a head: the least for which together they keep what is promised. A
change has bugs far more often than code that was released, so it has a promise of its own (`design/0004`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.calibration.promise import Promise

Floats = NDArray[np.float64]
Scores = dict[str, list[float]]
FEWEST = 8
"""Fewer right findings would be luck."""
LEAST = 0.5
"""What is more likely wrong than right is not said, however rare it is where nothing is wrong."""
MOST = 1 - 1e-6
"""No threshold is above: rounding on another engine would hide what is as sure as can be."""
TARGETS = (*np.arange(0.05, 0.95, 0.01), *np.arange(0.95, 0.9995, 0.002))


def _scores() -> Scores:
    return defaultdict(list)


@dataclass(slots=True)
class Sample:
    """Probabilities of candidates by rule: right, wrong where nothing was to be found, and other.

    `called` counts the findings that labels call for, by rule; `cases` those of which something is known,
    `clean` those without anything to find, and `exposure` how much of these there was.
    """

    right: Scores = field(default_factory=_scores)
    alarms: Scores = field(default_factory=_scores)
    mistaken: Scores = field(default_factory=_scores)
    called: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    cases: int = 0
    clean: int = 0
    exposure: float = 0.0

    def add(
        self, hits: Mapping[tuple[str, object], float], wrong: Sequence[tuple[str, float]], exposure: float
    ) -> None:
        """One case: the best probability of each finding that was called for, and what else was found."""
        self.cases += 1
        if not hits:
            self.clean += 1
            self.exposure += exposure
        for (rule, _), probability in hits.items():
            self.called[rule] += 1
            self.right[rule].append(probability)
        for rule, probability in wrong:
            (self.mistaken if hits else self.alarms)[rule].append(probability)

    def rules(self) -> list[str]:
        """Every rule that was seen."""
        return sorted({*self.right, *self.alarms, *self.mistaken})


class Curve(NamedTuple):
    """Of one rule, from each threshold on: precision at the prior, and how many right findings."""

    thresholds: Floats
    precision: Floats
    hits: Floats


def is_enough(sample: Sample, promise: Promise) -> bool:
    """Whether there was enough without anything to find for one alarm to be within the promise."""
    return promise.alarms * sample.exposure >= 1000


def choose(sample: Sample, promise: Promise) -> tuple[dict[str, float], dict[str, float]]:
    """Thresholds, and the precision at the prior that each rule has from there on.

    A rule that cannot reach the common precision on `FEWEST` right findings has none, and no rule has one
    where not even the highest precision keeps the promise.
    """
    called = max(sum(sample.called.values()), 1)
    curves = {rule: _curve(sample, rule, promise.prior, called) for rule in sample.rules()}
    chosen: dict[str, float] = {}
    for target in TARGETS:
        chosen = {rule: _least(curve, float(target)) for rule, curve in curves.items()}
        raised = sum(sum(p >= chosen[rule] for p in sample.alarms.get(rule, ())) for rule in chosen)
        if raised <= promise.alarms * sample.exposure / 1000:
            break
    else:
        chosen = {}
    kept = {rule: threshold for rule, threshold in chosen.items() if np.isfinite(threshold)}
    return kept, {rule: _precision(curves[rule], threshold) for rule, threshold in kept.items()}


def _curve(sample: Sample, rule: str, prior: float | None, called: int) -> Curve:
    """The curve of one rule; half an alarm more is assumed.

    At a stated prior the rule has its share of what is to be found; else the cases are as they come, and what
    was mistaken where something else was to be found counts too.
    """
    right, alarms = np.sort(sample.right.get(rule, [])), np.sort(sample.alarms.get(rule, []))
    edges = np.unique(right)
    hits = (len(right) - np.searchsorted(right, edges)).astype(np.float64)
    false = len(alarms) - np.searchsorted(alarms, edges)
    if prior is None:
        others = np.sort(sample.mistaken.get(rule, []))
        false = false + len(others) - np.searchsorted(others, edges)
        return Curve(edges, hits / (hits + false + 0.5), hits)
    own = prior * sample.called.get(rule, 0) / called
    found = own * hits / max(sample.called.get(rule, 0), 1)
    alarmed = (1 - own) * (false + 0.5) / max(sample.clean, 1)
    return Curve(edges, found / (found + alarmed), hits)


def _least(curve: Curve, target: float) -> float:
    sure = curve.thresholds >= LEAST
    good = np.flatnonzero((curve.precision >= target) & (curve.hits >= FEWEST) & sure)
    return min(float(curve.thresholds[good[0]]), MOST) if len(good) else float("inf")


def _precision(curve: Curve, threshold: float) -> float:
    return float(curve.precision[np.searchsorted(curve.thresholds, threshold)])
