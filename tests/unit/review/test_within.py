"""A review that ends before everything is looked at says what it looked at, and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from octad.budget import Budget, running
from octad.records.code import Code
from octad.records.report import Anchor, Finding
from octad.review import pipeline, within
from octad.review.pipeline import Options, review
from octad.review.within import gravest, parts_of
from tests.unit.cli.conftest import FakeRunner, explain

ALONE = Options(analysers=False, explain=None)
SMALL = Code(path="small.py", text="def f():\n    bug = 1\n    return bug\n")
LARGE = Code(path="large.py", text="".join(f"def f{i}():\n    bug = {i}\n    return bug\n" for i in range(9)))


class Slow(FakeRunner):
    """A runner that takes a second for each case."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def ask(self, cases: Sequence[Any], progress: Any = None) -> list[Any]:
        self.now += len(cases)
        return super().ask(cases, progress)

    def budget(self, seconds: float) -> Budget:
        return Budget(seconds, clock=lambda: self.now)


def test_what_was_done_until_the_deadline_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AT_ONCE", 2)
    runner = Slow()
    with running(runner.budget(5)) as budget:
        report = review(runner, [LARGE, SMALL], ALONE)
    assert {one.anchor.path for one in report.findings} == {"small.py", "large.py"}
    assert len(runner.asked) == 6
    said = [(one.path, one.reason) for one in report.skipped]
    assert said == [("large.py", "4 of 10 parts not looked at: the deadline of 5 s was reached")] or (
        said == [("large.py", "4 of 9 parts not looked at: the deadline of 5 s was reached")]
    )
    assert budget.reached


def test_a_budget_that_is_enough_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AT_ONCE", 2)
    with running(Slow().budget(1_000)):
        enough = review(Slow(), [LARGE, SMALL], ALONE)
    assert enough == review(FakeRunner(), [LARGE, SMALL], ALONE) and not enough.skipped


def test_files_that_nobody_came_to_are_named() -> None:
    runner = Slow()
    budget = runner.budget(1)
    runner.now = 5
    with running(budget):
        report = review(runner, [LARGE, SMALL], ALONE)
    assert not runner.asked and not report.findings
    assert {one.path for one in report.skipped} == {"large.py", "small.py"}
    assert {one.reason for one in report.skipped} == {"not looked at: the deadline of 1 s was reached"}


def test_no_evidence_is_sought_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = Slow()
    with running(runner.budget(1)):
        report = review(runner, [SMALL], Options(analysers=False, explain=explain))
    assert report.findings and not report.findings[0].evidence
    assert review(FakeRunner(), [SMALL], Options(analysers=False, explain=explain)).findings[0].evidence


def test_the_parts_of_one_file_are_bounded_and_those_of_small_ones_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(within, "UNITS", 5)
    parts, skipped = parts_of([LARGE, SMALL])
    assert [one.path for one in parts] == ["small.py"] + 5 * ["large.py"]
    assert [(one.path, one.reason[:39]) for one in skipped] == [
        ("large.py", "only the first 5 of its 9 parts are loo"[:39])
    ]


def finding(line: int, level: Any = "note", source: str = "model") -> Finding:
    anchor = Anchor(path="a.py", line=line, end_line=line, end_column=2)
    return Finding(rule="bug/x", level=level, message="m", probability=None, anchor=anchor, source=source)


def test_the_gravest_findings_of_each_source_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(within, "FINDINGS", 2)
    every = [finding(1), finding(2), finding(3, "error"), finding(4, source="octad")]
    kept, skipped = gravest(every)
    assert [one.anchor.line for one in kept] == [1, 3, 4]
    assert [one.reason for one in skipped] == ["model: only the 2 gravest of 3 findings are shown"]
    assert gravest(every[1:]) == (tuple(every[1:]), [])
