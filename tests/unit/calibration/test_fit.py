"""Temperatures and thresholds are fitted together, on cases whose labels say what is right."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from octad.agents.agent import Candidate, EvidenceTarget
from octad.agents.command import Command, ReviewCommand
from octad.calibration.fit import _base_rates, calibrate, exposure, sample, temperatures
from octad.calibration.promise import Promise, Promises
from octad.heads.classes import Classes
from octad.records.base import Record
from octad.records.code import Code
from octad.records.report import Anchor, Finding
from octad.runtime import Asked
from octad.store.artefact import Manifest

MANIFEST = Manifest(agent="made", version="0", backbone="", width=1, outputs={"kind": ("classes",)})
PLACE = Anchor(path="a.py", line=3, end_line=3, end_column=1)


class Case(Record):
    """How sure the head is of the first class, as a logit."""

    logit: float


def candidates(case: Case, answer: Any, thresholds: Any) -> tuple[Candidate, ...]:
    chance = answer.kind["bad"]
    found = Finding(rule="kind/bad", level="note", message="", probability=chance, anchor=PLACE)
    return (Candidate(found, EvidenceTarget("kind", 0, "bad")),) if chance >= thresholds["kind/bad"] else ()


class Runner:
    """Answers with the logit of the case at the fitted temperature."""

    def __init__(self, promises: Promises | None) -> None:
        self.manifest = MANIFEST
        self.agent: Any = SimpleNamespace(
            heads={"kind": Classes(("bad", "good"))},
            promises={"kind": promises} if promises else {},
            candidates=candidates,
            expected=lambda case, label: frozenset({("kind/bad", 3)} if label.kind == "bad" else ()),
            command=Command("make", "Make."),
            can_answer=lambda head, unit: True,
        )

    def prepare(self, case: Case) -> Case:
        return case

    def run(self, units: Sequence[Case], progress: Any = None) -> list[dict[str, list[np.ndarray]]]:
        return [{"kind": [np.array([unit.logit, 0.0])]} for unit in units]

    def ask(self, cases: Sequence[Case], progress: Any = None) -> list[Asked[Any, Any]]:
        hot = self.manifest.temperatures.get("kind", 1.0)
        chances = [1 / (1 + np.exp(-case.logit / hot)) for case in cases]
        unit: Any = None
        return [
            Asked(case, unit, SimpleNamespace(kind={"bad": float(p), "good": float(1 - p)}))
            for case, p in zip(cases, chances, strict=True)
        ]


def labelled(count: int, seed: int = 0) -> list[tuple[Case, Any]]:
    """Cases whose logits are four times too large: the temperature is four."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, count)
    bad = rng.random(count) < 1 / (1 + np.exp(-logits))
    return [
        (Case(logit=4 * float(logit)), SimpleNamespace(kind="bad" if is_bad else "good"))
        for logit, is_bad in zip(logits, bad, strict=True)
    ]


def made(promises: Promises | None = None) -> Any:
    return Runner(promises)


def test_the_temperature_is_found_and_thresholds_are_of_calibrated_probabilities() -> None:
    cases = labelled(4_000)
    runner = made(Promises(Promise(alarms=50)))
    manifest = calibrate(runner, cases)
    assert manifest.temperatures["kind"] == pytest.approx(4.0, rel=0.1)
    least = manifest.thresholds["kind/bad"]
    right = [label.kind == "bad" for case, label in cases if 1 / (1 + np.exp(-case.logit / 4)) >= least]
    assert 0.5 <= least < 1 and np.mean(right) > 0.8
    assert manifest.precisions["kind/bad"] == pytest.approx(np.mean(right), abs=0.01)
    assert manifest.rules_without_threshold == () and manifest.diff_thresholds == {}
    alarms = sum(not one for one in right)
    assert alarms <= 50 * sum(label.kind == "good" for _, label in cases) / 1000


def test_a_rule_without_enough_right_findings_is_kept_silent() -> None:
    silent = calibrate(made(Promises(Promise(alarms=50))), labelled(4))
    assert silent.thresholds == {} and silent.rules_without_threshold == ("kind/bad",)


def test_a_change_has_thresholds_of_its_own() -> None:
    runner = made(Promises(Promise(alarms=5, prior=0.1), Promise(alarms=200, prior=0.3)))
    manifest = calibrate(runner, labelled(2_000))
    assert manifest.diff_thresholds["kind/bad"] < manifest.thresholds["kind/bad"]


def test_a_head_without_a_promise_has_a_temperature_alone() -> None:
    manifest = calibrate(made(), labelled(200))
    assert manifest.temperatures["kind"] > 1 and manifest.thresholds == {}
    assert manifest.rules_without_threshold == ()


def test_where_the_cases_are_too_few_old_thresholds_stand() -> None:
    like = MANIFEST.model_copy(update={"thresholds": {"kind/bad": 0.77, "other/rule": 0.5}})
    promises = Promises(Promise(alarms=1.0))
    assert calibrate(made(promises), labelled(40), like).thresholds == {"kind/bad": 0.77, "other/rule": 0.5}
    enough = calibrate(made(promises), labelled(4_000), like).thresholds
    assert enough["kind/bad"] != 0.77 and enough["other/rule"] == 0.5


def test_what_no_label_speaks_of_stays_as_it_was() -> None:
    """A repository of one's own has no labels of some heads: their rules must not be lost."""
    old = {
        "temperatures": {"kind": 2.5}, "offsets": {"kind": 0.5}, "priors": {"kind": 0.1},
        "thresholds": {"kind/bad": 0.77}, "diff_thresholds": {"kind/bad": 0.6},
        "precisions": {"kind/bad": 0.9}, "rules_without_threshold": ("kind/worse",),
    }  # fmt: skip
    like = MANIFEST.model_copy(update=old)
    silent = [(case, SimpleNamespace(kind=None)) for case, _ in labelled(5)]
    found = calibrate(made(Promises(Promise(alarms=1), Promise(alarms=2))), silent, like)
    assert {name: getattr(found, name) for name in old} == old


def test_base_rates_are_of_heads_that_say_yes_or_no() -> None:
    cases = [(case, SimpleNamespace(kind=None, risk=i < 3)) for i, (case, _) in enumerate(labelled(4))]
    assert _base_rates(["kind", "risk"], cases) == {"risk": 0.75}


def test_what_labels_are_silent_about_does_not_count() -> None:
    cases = [*labelled(50), *((case, SimpleNamespace(kind=None)) for case, _ in labelled(500, seed=1))]
    runner = made()
    assert temperatures(runner, cases) == temperatures(runner, cases[:50])
    asked = runner.ask([case for case, _ in cases])
    held = sample(runner, asked, cases, "kind")
    assert held.cases == 50 and held.called["kind/bad"] == len(held.right["kind/bad"])
    assert held.clean == len(held.alarms["kind/bad"]) == 50 - held.called["kind/bad"]


def test_without_labels_nothing_is_fitted() -> None:
    silent = [(case, SimpleNamespace(kind=None)) for case, _ in labelled(5)]
    assert calibrate(made(Promises(Promise(alarms=1))), silent).temperatures == {}


def test_exposure_is_lines_of_code_else_cases() -> None:
    review = ReviewCommand("review", "Review.", code="unit")
    case: Any = SimpleNamespace(unit=Code(path="a.py", text="x = 1\ny = 2"))
    assert exposure(review, case) == 2.0
    assert exposure(Command("make", "Make."), case) == 1.0
