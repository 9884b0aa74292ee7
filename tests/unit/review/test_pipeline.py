"""A review joins reading, answering, analysers, suppressions and baseline into one report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import Candidate
from octad.analysers import every
from octad.analysers.workspace import Analysis
from octad.errors import InputError
from octad.read.code.baseline import baseline_of
from octad.records.code import Code, LineRange
from octad.records.report import Anchor, Finding
from octad.records.skipped import Skipped
from octad.review.pipeline import Options, cases_of, command_of, review, unparsable
from tests.unit.cli.conftest import FakeRunner, explain

ALONE = Options(analysers=False, explain=None)
TEXT = "def f():\n    bug = 1\n    return bug\n\n\ndef g():\n    return 2\n"


def test_findings_have_places_of_the_file_and_fingerprints() -> None:
    code = Code(path="a.py", text="x = 1\n\n\n" + TEXT)
    report = review(FakeRunner(), [code], ALONE)
    assert [f.anchor.line for f in report.findings] == [5, 6]
    assert all(f.fingerprint for f in report.findings)
    moved = review(FakeRunner(), [code.model_copy(update={"text": "\n\n" + code.text})], ALONE)
    assert [f.fingerprint for f in moved.findings] == [f.fingerprint for f in report.findings]


def test_only_units_with_changed_lines_are_read() -> None:
    runner = FakeRunner()
    review(runner, [Code(path="a.py", text=TEXT, changed=(LineRange(first=7, last=7),))], ALONE)
    assert [code.first_line for code in runner.asked] == [6]


def test_a_file_that_cannot_be_parsed_is_reported_and_the_rest_reviewed() -> None:
    runner = FakeRunner()
    report = review(runner, [Code(path="bad.py", text="def bug(:\n"), Code(path="a.py", text=TEXT)], ALONE)
    assert [(s.path, "cannot parse it: line 1" in s.reason) for s in report.skipped] == [("bad.py", True)]
    assert {code.path for code in runner.asked} == {"a.py"} == {f.anchor.path for f in report.findings}


def test_a_line_that_is_too_long_to_be_looked_at_whole_is_reported() -> None:
    report = review(FakeRunner(), [Code(path="a.py", text="x = [" + "1, " * 2_000 + "]\n")], ALONE)
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


def set_thresholds(runner: FakeRunner, **held: Any) -> None:
    runner.manifest = runner.manifest.model_copy(update=held)


def test_thresholds_and_the_least_probability() -> None:
    code = Code(path="a.py", text=TEXT)
    assert len(review(FakeRunner(), [code], ALONE).findings) == 2
    assert review(FakeRunner(), [code], replace(ALONE, least=0.7)).findings == ()


def test_a_change_has_thresholds_of_its_own() -> None:
    runner, code = FakeRunner(), Code(path="a.py", text=TEXT)
    set_thresholds(runner, thresholds={"bug/word": 0.9}, diff_thresholds={"bug/word": 0.5})
    changed = code.model_copy(update={"changed": (LineRange(first=1, last=7),)})
    assert review(runner, [code], ALONE).findings == ()
    assert len(review(runner, [changed], ALONE).findings) == 2
    assert review(runner, [changed], replace(ALONE, least=0.7)).findings == ()


def test_a_rule_without_threshold_is_shown_only_when_a_least_probability_is_named() -> None:
    runner, code = FakeRunner(), Code(path="a.py", text=TEXT)
    set_thresholds(runner, thresholds={}, diff_thresholds={}, rules_without_threshold=("bug/word",))
    assert review(runner, [code], ALONE).findings == ()
    assert len(review(runner, [code], replace(ALONE, least=0.5)).findings) == 2


def test_comments_and_baseline_take_findings_out_and_keep_them_on_record() -> None:
    text = TEXT.replace("= 1", "= 1  # octad: ignore[bug] because it is a test")
    code = Code(path="a.py", text=text)
    first = review(FakeRunner(), [code], ALONE)
    assert [f.anchor.line for f in first.findings] == [3]
    again = review(FakeRunner(), [code], replace(ALONE, baseline=baseline_of(first.findings)))
    assert again.findings == ()
    assert [s.by for s in again.suppressed] == ["comment", "baseline"]


def test_a_comment_that_does_nothing_is_a_finding_with_a_fingerprint() -> None:
    code = Code(path="a.py", text="x = 1  # octad: ignore[style] because I say so\n")
    (note,) = review(FakeRunner(), [code], ALONE).findings
    assert note.source == "octad" and note.fingerprint


def test_analysers_are_merged_and_those_that_cannot_run_named(monkeypatch: pytest.MonkeyPatch) -> None:
    anchor = Anchor(path="a.py", line=2, column=5, end_line=2, end_column=8)
    unused = Finding(
        rule="ruff/F841", level="warning", message="", probability=None, anchor=anchor, source="ruff"
    )
    other = unused.model_copy(update={"rule": "ruff/SIM1"})
    lone = Skipped(path="bandit", reason="bandit: not installed")
    monkeypatch.setattr(every, "analyse", lambda codes, jobs: Analysis((unused, other), (lone,)))
    code = Code(path="a.py", text=TEXT)
    report = review(FakeRunner(), [code], Options(explain=None))
    assert [f.rule for f in report.findings] == ["bug/word", "bug/word", "ruff/SIM1"]
    assert report.findings[0].message == "a bug (also ruff/F841)"
    assert report.skipped == (lone,)


def test_evidence_is_sought_for_what_is_shown_only() -> None:
    sought = []

    def seek(runner: object, asked: Any, candidate: Candidate) -> Finding:
        sought.append(candidate.finding.anchor.line)
        return explain(runner, asked, candidate)

    code = Code(path="a.py", text=TEXT)
    known = baseline_of(review(FakeRunner(), [code], ALONE).findings[:1])
    report = review(FakeRunner(), [code], replace(ALONE, baseline=known, explain=seek))
    assert [len(f.evidence) for f in report.findings] == [1] and sought == [3]
    assert report.findings[0].fingerprint


def test_cases_are_the_units_of_every_file() -> None:
    cases = cases_of(FakeRunner.agent, [Code(path="a.py", text=TEXT), Code(path="b.py", text=TEXT)])
    assert [(case.code.path, case.code.first_line) for case in cases] == [
        ("a.py", 1), ("a.py", 6), ("b.py", 1), ("b.py", 6),
    ]  # fmt: skip


def test_units_get_the_definitions_that_they_use_where_the_agent_reads_them() -> None:
    agent = catalog.load(catalog.by_verb("review").name)
    used = Code(path="b.py", text="def scaled(value):\n    return 2 * value\n")
    user = Code(path="a.py", text="from b import scaled\n\n\ndef f(x):\n    return scaled(x)\n")
    context = {
        (case.code.path, case.code.first_line): [one.name for one in case.context]
        for case in cases_of(agent, [used, user])
    }
    assert context["a.py", 4] == ["scaled"]


def test_an_agent_that_reads_something_else_is_refused() -> None:
    agent = catalog.load(catalog.by_verb("assess").name)
    for ask in (command_of, lambda one: cases_of(one, [Code(path="a.py", text=TEXT)])):
        with pytest.raises(InputError, match="does not read code") as caught:
            ask(agent)
        assert "octad assess" in str(caught.value.hint)


def test_without_evidence_findings_are_the_same() -> None:
    code = Code(path="a.py", text=TEXT)
    with_, bare = (
        review(FakeRunner(), [code], replace(ALONE, explain=one)).findings for one in (explain, None)
    )
    assert all(f.evidence for f in with_) and not any(f.evidence for f in bare)
    assert [f.fingerprint for f in with_] == [f.fingerprint for f in bare]


def test_progress_counts_units_and_nothing_is_asked_of_nothing() -> None:
    seen: list[tuple[int, int]] = []
    review(FakeRunner(), [Code(path="a.py", text=TEXT)], ALONE, lambda *at: seen.append(at))
    assert seen == [(2, 2)]
    runner = FakeRunner()
    report = review(runner, [], ALONE)
    assert report.findings == report.skipped == report.suppressed == () and runner.asked == []
