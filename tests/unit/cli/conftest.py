"""A runner without weights: it finds the word `bug` wherever it stands in a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from octad import catalog
from octad.cli.main import run
from octad.cli.surroundings import Surroundings
from octad.modalities.code import CodeModality
from octad.modalities.pieces import Pieces
from octad.records.base import Record
from octad.records.code import Code
from octad.records.report import Anchor, Evidence, Finding
from tests import plain


class Case(Record):
    code: Code


class FakeClaimed:
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def findings(case: Case, answer: float, thresholds: Mapping[str, float]) -> list[FakeClaimed]:
    found = []
    for number, line in enumerate(case.code.text.split("\n"), case.code.first_line):
        if "bug" in line and answer >= thresholds.get("bug/word", 2.0):
            column = line.index("bug") + 1
            anchor = Anchor(
                path=case.code.path, line=number, column=column, end_line=number, end_column=column + 3
            )
            found.append(
                FakeClaimed(
                    Finding(
                        rule="bug/word", level="warning", message="a bug", probability=answer, anchor=anchor
                    )
                )
            )
    return found


class FakeRunner:
    agent: Any = SimpleNamespace(
        name="fake",
        inputs={"code": CodeModality()},
        findings=findings,
        about=lambda code, context=(): Case(code=code),
    )
    thresholds: Mapping[str, float] = {"bug/word": 0.5}
    changes: Mapping[str, float] = {"bug/word": 0.5}
    silent: Sequence[str] = ()

    def __init__(self) -> None:
        self.asked: list[Code] = []

    def answers(
        self, cases: Sequence[Case], progress: Callable[[int, int], None] | None = None
    ) -> list[float]:
        self.asked += [case.code for case in cases]
        if progress is not None:
            progress(len(cases), len(cases))
        return [0.9 if "surely" in case.code.text else 0.6 for case in cases]


def explain(runner: Any, case: Case, claimed: Any) -> Finding:
    evidence = Evidence(anchor=claimed.finding.anchor, text="bug", weight=1.0)
    found: Finding = claimed.finding.model_copy(update={"evidence": (evidence,)})
    return found


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def octad(
    runner: FakeRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command line in an empty folder; returns exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments, Surroundings(lambda name, weights: runner, explain))
        out, err = capsys.readouterr()
        return code, out, err

    return invoke


@pytest.fixture
def operations(
    pieces: Pieces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """The same, with an agent's real inputs under a runner without weights; findings from 0.5 on."""
    monkeypatch.chdir(tmp_path)
    rules = (
        "deployment/risk", "deployment/rollback",
        *(f"root-cause/{kind}" for kind in ("service", "metric", "template", "change", "region")),
    )  # fmt: skip

    def load(name: str, weights: Path | None) -> Any:
        return plain.runner(catalog.load(name), pieces, thresholds=dict.fromkeys(rules, 0.5))

    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments, Surroundings(load, explain))
        out, err = capsys.readouterr()
        return code, out, err

    return invoke
