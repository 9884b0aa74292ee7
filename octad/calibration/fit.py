"""Everything that makes outputs into probabilities and findings, fitted in one place on held-out cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from octad.agents.agent import EveryRule
from octad.agents.command import Command
from octad.calibration.probabilities import fit_abstention, fit_temperature
from octad.calibration.promise import Promises
from octad.calibration.thresholds import Sample, choose, is_enough
from octad.heads.base import Array, Calibration
from octad.records.base import Record
from octad.runtime import Asked, Progress, Runner
from octad.store.artefact import Manifest

Labelled = Sequence[tuple[Record, Any]]
"""Pairs of a case and its label."""


def calibrate(
    runner: Runner[Any, Any], cases: Labelled, like: Manifest | None = None, progress: Progress | None = None
) -> Manifest:
    """The manifest of the runner with temperatures, offsets and thresholds fitted on held-out cases.

    What the cases do not tell stays as it is in `like`: heads that no label speaks of, rules that were not
    met, thresholds where there are too few cases to see what a head promises.
    """
    fitted = temperatures(runner, cases, progress)
    if like is not None:
        names = {*like.temperatures, *like.offsets} - {*fitted}
        fitted |= {n: Calibration(like.temperatures.get(n, 1.0), like.offsets.get(n, 0.0)) for n in names}
    update = {
        "temperatures": {name: one.temperature for name, one in fitted.items()},
        "offsets": {name: one.offset for name, one in fitted.items() if one.offset},
        "priors": {**(like.priors if like else {}), **_base_rates(runner.agent.heads, cases)},
    }
    runner.manifest = runner.manifest.model_copy(update=update)
    asked = runner.ask([case for case, _ in cases], progress)
    chosen = _Chosen(like)
    for head in runner.agent.heads:
        promises = runner.agent.promises.get(head)
        if promises is not None:
            chosen.add(sample(runner, asked, cases, head), promises)
    return runner.manifest.model_copy(update=chosen.update())


def temperatures(
    runner: Runner[Any, Any], cases: Labelled, progress: Progress | None = None
) -> dict[str, Calibration]:
    """One temperature per head that labels speak of (Guo et al. 2017), and an offset of none."""
    units = [runner.prepare(case) for case, _ in cases]
    outputs = runner.run(units, progress)
    fitted: dict[str, Calibration] = {}
    for name, head in runner.agent.heads.items():
        pairs = [
            head.calibration_pairs(output[name], getattr(label, name), unit)
            for (_, label), unit, output in zip(cases, units, outputs, strict=True)
            if getattr(label, name) is not None and name in output and runner.agent.can_answer(name, unit)
        ]
        if known := [pair for pair in pairs if pair is not None]:
            fitted[name] = _fit(known, head.abstains)
    return fitted


def _base_rates(heads: Iterable[str], cases: Labelled) -> dict[str, float]:
    """How often the label of each yes-or-no head is yes."""
    said = {name: [getattr(label, name) for _, label in cases] for name in heads}
    known = {name: [one for one in labels if isinstance(one, bool)] for name, labels in said.items()}
    return {name: sum(labels) / len(labels) for name, labels in known.items() if labels}


def sample(runner: Runner[Any, Any], asked: Sequence[Asked[Any, Any]], cases: Labelled, head: str) -> Sample:
    """Every candidate of a head, however unlikely, as right or wrong by the labels of the cases.

    Of several right candidates for one label the likeliest counts. Cases that the label is silent about do
    not.
    """
    agent = runner.agent
    found = Sample()
    for one, (case, label) in zip(asked, cases, strict=True):
        if getattr(label, head) is None or getattr(one.answer, head) is None:
            continue
        candidates = [c for c in agent.candidates(case, one.answer, EveryRule()) if c.target.head == head]
        expected = {place for place in agent.expected(case, label) if _is_of(place[0], head, candidates)}
        hits: dict[tuple[str, object], float] = dict.fromkeys(expected, 0.0)
        wrong: list[tuple[str, float]] = []
        for finding in (candidate.finding for candidate in candidates):
            places = [(finding.rule, finding.anchor.line), (finding.rule, finding.reference)]
            place = next((one for one in places if one in hits), None)
            if place is None:
                wrong.append((finding.rule, finding.likelihood))
            else:
                hits[place] = max(hits[place], finding.likelihood)
        found.add(hits, wrong, exposure(agent.command, case))
    return found


def exposure(command: Command, case: Any) -> float:
    """How much there was to be wrong about: lines where a case is code, else one."""
    code = command.code_of(case)
    return 1.0 if code is None else code.text.count("\n") + 1.0


def _is_of(rule: str, head: str, candidates: Sequence[Any]) -> bool:
    """Whether a rule is one of a head's: its family has the head's name, or a candidate of it the rule."""
    return head in rule.split("/") or any(candidate.finding.rule == rule for candidate in candidates)


class _Chosen:
    """Thresholds of all heads, put together, over those of an artefact from before."""

    def __init__(self, like: Manifest | None) -> None:
        self.tables: dict[str, dict[str, float]] = {
            name: dict(getattr(like, name)) if like is not None else {}
            for name in ("thresholds", "diff_thresholds", "precisions")
        }
        self.rules = dict.fromkeys(like.rules_without_threshold if like is not None else ())

    def add(self, held: Sample, promises: Promises) -> None:
        """The thresholds of one head, where it has enough cases to see what it promises."""
        rules = held.rules()
        self.rules |= dict.fromkeys(rules)
        for name, promise in (("thresholds", promises.usual), ("diff_thresholds", promises.diff)):
            if promise is None:
                continue
            if any(rule in self.tables[name] for rule in rules) and not is_enough(held, promise):
                continue
            thresholds, precisions = choose(held, promise)
            self._replace(name, rules, thresholds)
            if name == "thresholds":
                self._replace("precisions", rules, precisions)

    def _replace(self, name: str, rules: Sequence[str], values: Mapping[str, float]) -> None:
        """New values of some rules; one of them without a value has none."""
        kept = {rule: value for rule, value in self.tables[name].items() if rule not in rules}
        self.tables[name] = {**kept, **values}

    def update(self) -> dict[str, Any]:
        """What of it stands in a manifest."""
        without = tuple(rule for rule in self.rules if rule not in self.tables["thresholds"])
        return {**self.tables, "rules_without_threshold": without}


def _fit(pairs: list[tuple[Array, Array]], abstains: bool) -> Calibration:
    """Softmax over rows of different length, padded with impossible answers; logistic if flat.

    Where the truth is of many items of a case, its logits are theirs: flat, or a row for each.
    """
    if pairs[0][1].ndim:
        logits = np.concatenate([scores for scores, _ in pairs])
        return Calibration(fit_temperature(logits, np.concatenate([truth for _, truth in pairs])))
    longest = max(len(scores) for scores, _ in pairs)
    padded = np.full((len(pairs), longest), -np.inf)
    for row, (scores, _) in enumerate(pairs):
        padded[row, : len(scores)] = scores
    right = np.array([int(truth) for _, truth in pairs])
    fitted = fit_abstention(padded, right) if abstains else (fit_temperature(padded, right),)
    return Calibration(*fitted)
