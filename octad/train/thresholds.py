"""Thresholds per rule: how sure a finding must be, so that on clean, released code it is rarely wrong.

Planted bugs make up half of a training stream and next to nothing of released code. A threshold is
therefore chosen by the precision that it would have if as many units held a bug as is promised, and one
precision is asked of all rules: the least for which together they raise no more than the promised number of
false findings. What is promised differs: a change has bugs far more often than code that was released.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.evaluate.figures import Labelled
from octad.runtime import Progress, Runner

Floats = NDArray[np.float64]
Scores = Mapping[str, list[float]]
FEWEST = 8
"""Fewer right findings would be luck."""
LEAST = 0.5
"""What is more likely wrong than right is not said, however rarely it would be said of clean code."""


class Promise(NamedTuple):
    """One unit in `1 / prior` holds a bug; at most `alarms` findings per 1,000 clean lines are wrong."""

    prior: float
    alarms: float


FILES = Promise(0.01, 0.25)
"""Whole files, most of them released and used."""
CHANGES = Promise(0.04, 1.0)
"""Changed lines. Of the 75,932 commits in the training part of `jit_dp` (six projects) 27 % introduce a bug,
5.6 per 1,000 added lines. A third of the bugs in DebugBench's Python are of one token, as those are that are
looked for here: 1.9 per 1,000 lines, .04 per unit of 20 lines. If half of these are found, one false finding
per 1,000 changed lines leaves a precision of one half."""


class Sample(NamedTuple):
    """Probabilities of findings by rule, right and wrong, and what they were seen on.

    `called` counts the findings that the labels call for, by rule.
    """

    right: Scores
    wrong: Scores
    called: Mapping[str, int]
    lines: int
    units: int


def everything(
    runner: Runner[Any, Any], cases: Labelled, rules: Sequence[str], progress: Progress | None = None
) -> Sample:
    """Every finding of the rules, however unlikely, as right or wrong by the labels of the cases.

    Of several right findings for one label the likeliest counts.
    """
    right: dict[str, list[float]] = {rule: [] for rule in rules}
    wrong: dict[str, list[float]] = {rule: [] for rule in rules}
    called = dict.fromkeys(rules, 0)
    lines = 0
    answers = runner.answers([case for case, _ in cases], progress)
    for (case, label), answer in zip(cases, answers, strict=True):
        (field,) = runner.agent.inputs
        lines += getattr(case, field).text.count("\n") + 1
        hits = {place: [0.0] for place in runner.agent.truth(case, label) if place[0] in called}
        for claimed in runner.agent.findings(case, answer, dict.fromkeys(rules, 0.0)):
            finding = claimed.finding
            place = (finding.rule, finding.anchor.line)
            hits.get(place, wrong[finding.rule]).append(finding.probability)
        for (rule, _), found in hits.items():
            called[rule] += 1
            right[rule].append(max(found))
    return Sample(right, wrong, called, lines, len(cases))


class Curve(NamedTuple):
    """Of one rule, from each threshold on: precision at the prior, and how many right findings."""

    thresholds: Floats
    precision: Floats
    hits: Floats


def choose(
    planted: Sample, clean: Sample, shares: Mapping[str, float], promise: Promise = FILES
) -> tuple[dict[str, float], dict[str, float]]:
    """Thresholds, and the precision at the prior that each rule has from there on.

    A rule that cannot reach the common precision on `FEWEST` right findings stays silent.
    """
    priors = {rule: promise.prior * shares.get(rule, 0.0) for rule in planted.right}
    curves = {rule: _curve(planted, clean, rule, prior) for rule, prior in priors.items()}
    chosen: dict[str, float] = {}
    for target in np.concatenate([np.arange(0.05, 0.95, 0.01), np.arange(0.95, 0.9995, 0.002)]):
        chosen = {rule: _least(curve, float(target)) for rule, curve in curves.items()}
        raised = sum(sum(p >= chosen[rule] for p in clean.wrong[rule]) for rule in chosen)
        if raised <= promise.alarms * clean.lines / 1000:
            break
    kept = {rule: threshold for rule, threshold in chosen.items() if np.isfinite(threshold)}
    return kept, {rule: _precision(curves[rule], threshold) for rule, threshold in kept.items()}


def _curve(planted: Sample, clean: Sample, rule: str, prior: float) -> Curve:
    """The curve of one rule, whose bug is in a share `prior` of units; half an alarm more is assumed."""
    right, wrong = np.sort(planted.right[rule]), np.sort(clean.wrong[rule])
    edges = np.unique(right)
    hits = (len(right) - np.searchsorted(right, edges)).astype(np.float64)
    false = len(wrong) - np.searchsorted(wrong, edges)
    found = prior * hits / max(planted.called[rule], 1)
    alarmed = (1 - prior) * (false + 0.5) / clean.units
    return Curve(edges, found / (found + alarmed), hits)


def _least(curve: Curve, target: float) -> float:
    sure = curve.thresholds >= LEAST
    good = np.flatnonzero((curve.precision >= target) & (curve.hits >= FEWEST) & sure)
    return float(curve.thresholds[good[0]]) if len(good) else float("inf")


def _precision(curve: Curve, threshold: float) -> float:
    return float(curve.precision[np.searchsorted(curve.thresholds, threshold)])
