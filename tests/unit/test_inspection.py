"""Inspection joins reading, answering, analysers, suppressions and baseline into one report."""

from __future__ import annotations

from typing import Any

import pytest

from octad.analysers import every
from octad.analysers.workspace import Analysis
from octad.inspection import Options, inspect, pieces, unparsable
from octad.read.baseline import baseline_of
from octad.records.code import Code, LineRange
from octad.records.report import Anchor, Finding, Skipped
from tests.unit.cli.conftest import FakeRunner, explain

ALONE = Options(analysers=False)
TEXT = "def f():\n    bug = 1\n    return bug\n\n\ndef g():\n    return 2\n"


def test_findings_have_places_of_the_file_and_fingerprints() -> None:
    code = Code(path="a.py", text="x = 1\n\n\n" + TEXT)
    report = inspect(FakeRunner(), [code], ALONE)
    assert [f.anchor.line for f in report.findings] == [5, 6]
    assert all(f.fingerprint for f in report.findings)
    moved = inspect(FakeRunner(), [code.model_copy(update={"text": "\n\n" + code.text})], ALONE)
    assert [f.fingerprint for f in moved.findings] == [f.fingerprint for f in report.findings]


def test_only_units_with_changed_lines_are_read() -> None:
    runner = FakeRunner()
    inspect(runner, [Code(path="a.py", text=TEXT, changed=(LineRange(first=7, last=7),))], ALONE)
    assert [code.first_line for code in runner.asked] == [6]


def test_a_file_that_cannot_be_parsed_is_reported_and_the_rest_reviewed() -> None:
    runner = FakeRunner()
    report = inspect(runner, [Code(path="bad.py", text="def bug(:\n"), Code(path="a.py", text=TEXT)], ALONE)
    assert [(s.path, "cannot parse it: line 1" in s.reason) for s in report.skipped] == [("bad.py", True)]
    assert {code.path for code in runner.asked} == {"a.py"} == {f.anchor.path for f in report.findings}


def test_a_line_that_is_too_long_to_be_looked_at_whole_is_reported() -> None:
    report = inspect(FakeRunner(), [Code(path="a.py", text="x = [" + "1, " * 2_000 + "]\n")], ALONE)
    assert [(s.path, s.reason.endswith("on line 1")) for s in report.skipped] == [("a.py", True)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("(" * 100_000, "too "), ("x = '\0'", "null"), ("print 'old'", "line 1"), ("x = '\\d'\n", "")],
)
def test_what_python_cannot_parse(text: str, reason: str) -> None:
    why = unparsable(Code(path="a.py", text=text))
    assert reason in why and bool(why) == bool(reason)
    assert unparsable(Code(path="a.py", text=text, flags=("hunk",))) == ""
    assert unparsable(Code(path="a.go", text=text, language="go")) == ""


def test_thresholds_and_the_least_probability() -> None:
    code = Code(path="a.py", text=TEXT)
    assert len(inspect(FakeRunner(), [code], ALONE).findings) == 2
    assert inspect(FakeRunner(), [code], Options(analysers=False, least=0.7)).findings == ()


def test_a_change_has_thresholds_of_its_own() -> None:
    runner, code = FakeRunner(), Code(path="a.py", text=TEXT)
    runner.thresholds, runner.changes = {"bug/word": 0.9}, {"bug/word": 0.5}
    changed = code.model_copy(update={"changed": (LineRange(first=1, last=7),)})
    assert inspect(runner, [code], ALONE).findings == ()
    assert len(inspect(runner, [changed], ALONE).findings) == 2
    assert inspect(runner, [changed], Options(analysers=False, least=0.7)).findings == ()


def test_a_silent_rule_speaks_only_when_asked() -> None:
    runner, code = FakeRunner(), Code(path="a.py", text=TEXT)
    runner.thresholds, runner.changes, runner.silent = {}, {}, ("bug/word",)
    assert inspect(runner, [code], ALONE).findings == ()
    assert len(inspect(runner, [code], Options(analysers=False, least=0.5)).findings) == 2


def test_comments_and_baseline_take_findings_out_and_keep_them_on_record() -> None:
    text = TEXT.replace("= 1", "= 1  # octad: ignore[bug] because it is a test")
    code = Code(path="a.py", text=text)
    first = inspect(FakeRunner(), [code], ALONE)
    assert [f.anchor.line for f in first.findings] == [3]
    again = inspect(FakeRunner(), [code], Options(analysers=False, baseline=baseline_of(first.findings)))
    assert again.findings == ()
    assert [s.by for s in again.suppressed] == ["comment", "baseline"]


def test_a_comment_that_does_nothing_is_a_finding_with_a_fingerprint() -> None:
    code = Code(path="a.py", text="x = 1  # octad: ignore[style] because I say so\n")
    (note,) = inspect(FakeRunner(), [code], ALONE).findings
    assert note.source == "octad" and note.fingerprint


def test_analysers_are_merged_and_their_troubles_named(monkeypatch: pytest.MonkeyPatch) -> None:
    anchor = Anchor(path="a.py", line=2, column=5, end_line=2, end_column=8)
    unused = Finding(
        rule="ruff/F841", level="warning", message="", probability=0.5, anchor=anchor, source="ruff"
    )
    other = unused.model_copy(update={"rule": "ruff/SIM1"})
    lone = Skipped(path="bandit", reason="bandit: not installed")
    monkeypatch.setattr(every, "analyse", lambda codes, precision: Analysis((unused, other), (lone,)))
    code = Code(path="a.py", text=TEXT)
    report = inspect(FakeRunner(), [code])
    assert [f.rule for f in report.findings] == ["bug/word", "bug/word", "ruff/SIM1"]
    assert report.findings[0].message == "a bug (also ruff/F841)"
    assert report.skipped == (lone,)
    assert [f.rule for f in inspect(FakeRunner(), [code], Options(least=0.55)).findings] == ["bug/word"] * 2


def test_evidence_is_sought_for_what_is_shown_only() -> None:
    sought = []

    def seek(runner: object, case: Any, claimed: Any) -> Finding:
        sought.append(claimed.finding.anchor.line)
        return explain(runner, case, claimed)

    code = Code(path="a.py", text=TEXT)
    known = baseline_of(inspect(FakeRunner(), [code], ALONE).findings[:1])
    report = inspect(FakeRunner(), [code], Options(analysers=False, baseline=known, explain=seek))
    assert [len(f.evidence) for f in report.findings] == [1] and sought == [3]
    assert report.findings[0].fingerprint


def test_pieces_are_whole_lines_of_each_file() -> None:
    units = pieces([Code(path="a.py", text=TEXT), Code(path="b.py", text=TEXT)])
    assert [(u.path, u.first_line) for u in units] == [("a.py", 1), ("a.py", 6), ("b.py", 1), ("b.py", 6)]
