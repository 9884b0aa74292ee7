"""A runner without weights: it finds the word `bug` wherever it stands in a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import Candidate, EvidenceTarget
from octad.agents.command import ReviewCommand
from octad.cli.dependencies import Dependencies
from octad.cli.main import run
from octad.encoders.word_pieces import WordPieces
from octad.records.base import Record
from octad.records.code import Code
from octad.records.report import Anchor, Evidence, Finding
from octad.runtime import Asked
from octad.store.artefact import Manifest
from tests import plain


class Case(Record):
    code: Code


def candidates(case: Case, answer: float, thresholds: Mapping[str, float]) -> tuple[Candidate, ...]:
    found = []
    for number, line in enumerate(case.code.text.split("\n"), case.code.first_line):
        if "bug" in line and answer >= thresholds.get("bug/word", 2.0):
            column = line.index("bug") + 1
            anchor = Anchor(
                path=case.code.path, line=number, column=column, end_line=number, end_column=column + 3
            )
            finding = Finding(
                rule="bug/word", level="warning", message="a bug", probability=answer, anchor=anchor
            )
            found.append(Candidate(finding, EvidenceTarget("bug", number)))
    return tuple(found)


class FakeRunner:
    agent: Any = SimpleNamespace(
        name="fake",
        command=ReviewCommand("fake", "Find bugs."),
        case=Case,
        candidates=candidates,
        heads={"bug": None},
    )

    def __init__(self) -> None:
        self.asked: list[Code] = []
        least = {"bug/word": 0.5}
        self.manifest = Manifest(
            agent="fake",
            version="0",
            backbone="",
            width=1,
            outputs={},
            thresholds=least,
            diff_thresholds=least,
        )

    def ask(
        self, cases: Sequence[Case], progress: Callable[[int, int], None] | None = None
    ) -> list[Asked[Case, float]]:
        self.asked += [case.code for case in cases]
        if progress is not None:
            progress(len(cases), len(cases))
        unit: Any = None
        return [Asked(case, unit, 0.9 if "surely" in case.code.text else 0.6) for case in cases]


def explain(runner: Any, asked: Any, candidate: Candidate) -> Finding:
    evidence = Evidence(anchor=candidate.finding.anchor, text="bug", weight=1.0)
    found: Finding = candidate.finding.model_copy(update={"evidence": (evidence,)})
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
        code = run(arguments, Dependencies(lambda name, weights: runner, explain))
        out, err = capsys.readouterr()
        return code, out, err

    return invoke


@pytest.fixture
def operations(
    pieces: WordPieces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """The same, with an agent's real inputs under a runner without weights; findings from 0.5 on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OCTAD_CACHE", str(tmp_path / "cache"))
    rules = (
        "deployment/risk", "deployment/rollback",
        *(f"root-cause/{kind}" for kind in ("service", "metric", "template", "change", "region")),
    )  # fmt: skip

    def load(name: str, weights: Path | None) -> Any:
        return plain.runner(catalog.load(name), pieces, thresholds=dict.fromkeys(rules, 0.5))

    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments, Dependencies(load, explain))
        out, err = capsys.readouterr()
        return code, out, err

    return invoke
