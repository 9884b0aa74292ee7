"""How often findings are right on real cases is counted as a user would see them, and written down."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.golden import verify
from octad.runtime import Runner
from octad.store.artefact import Measured, load, seal
from octad_train.evaluate import real_findings
from octad_train.evaluate.real_findings import count
from octad_train.sources import IsRight, source
from tests import tiny
from tests.conftest import Stored
from tests.contract.agents import commit_kind

RULE = "kind/repair"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    return tiny.runner(commit_kind.agent, tmp_path_factory.mktemp("real"))


def cases(number: int) -> Iterator[tuple[Any, IsRight]]:
    for case, label in commit_kind.sample(commit_kind.agent, number):
        yield case, lambda finding, kind=label.kind: finding.rule == RULE and kind == "repair"


@pytest.mark.parametrize(("least", "shown", "right"), [(0.0, 9, 3), (1.0, 0, 0)])
def test_what_is_shown_is_counted_by_rule(
    runner: Runner[Any, Any], monkeypatch: pytest.MonkeyPatch, least: float, shown: int, right: int
) -> None:
    monkeypatch.setattr(real_findings, "AT_ONCE", 4)
    runner.manifest = runner.manifest.model_copy(update={"thresholds": {RULE: least}})
    assert count(runner, cases(9)) == ({RULE: Measured(right=right, shown=shown)}, 9)


def test_what_nobody_can_judge_does_not_count(runner: Runner[Any, Any]) -> None:
    runner.manifest = runner.manifest.model_copy(update={"thresholds": {RULE: 0.0}})
    unknown = ((case, lambda finding: None) for case, _ in cases(3))
    assert count(runner, unknown) == ({RULE: Measured(right=0, shown=0)}, 3)


def test_a_rule_without_a_threshold_is_not_counted(runner: Runner[Any, Any]) -> None:
    runner.manifest = runner.manifest.model_copy(update={"thresholds": {}})
    assert count(runner, cases(3)) == ({}, 3)


def test_the_counts_are_written_into_the_manifest(
    stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = catalog.load(catalog.entries()[0].name)
    weights = tmp_path / "weights"
    shutil.copytree(stored(agent.name), weights)
    _, before = load(agent.name, weights)
    rule = next(rule for pair in source(agent, "sample")(20) for rule, _ in agent.expected(*pair))
    seal(weights, before.model_copy(update={"thresholds": {rule: 1.0}}))
    monkeypatch.setattr(real_findings, "source", lambda agent, kind: lambda: iter([(agent.example, bool)]))
    monkeypatch.setattr(sys, "argv", ["real_findings", agent.name, "--weights", str(weights)])
    real_findings.main()
    _, after = load(agent.name, weights)
    assert (after.real, after.real_cases) == ({rule: Measured(right=0, shown=0)}, 1)
    assert (after.thresholds, after.files) == ({rule: 1.0}, before.files)
    verify(Runner.load(agent, weights))
    assert "1 real cases" in capsys.readouterr().out
