"""A sweep joins what checks found and what an agent says of many cases into one report."""

from __future__ import annotations

from octad.ask import Asking
from octad.read.code.baseline import baseline_of
from octad.records.code import Code
from octad.records.report import Anchor, Finding
from octad.records.skipped import Skipped
from octad.records.sweep import Sweep
from octad.review.settings import Settings
from octad.review.sweep import Options, swept
from tests.unit.cli.conftest import FakeRunner, explain

TEXT = "One.\nA bug.\n"


def finding(line: int, rule: str = "text/link") -> Finding:
    anchor = Anchor(path="a.md", line=line, end_line=line, end_column=4)
    return Finding(rule=rule, level="warning", message="m", probability=None, anchor=anchor)


def sweep(*findings: Finding, text: str = TEXT, cases: int = 0) -> Sweep:
    code = Code(path="a.md", text=text)
    left_out = (Skipped(path="b.md", reason="too large"),)
    return Sweep(codes=(code,), findings=findings, cases=({"code": code},) * cases, skipped=left_out)


def never() -> Asking:
    raise AssertionError("there is nothing to ask")


def test_without_cases_no_agent_is_loaded() -> None:
    report = swept("fake", sweep(finding(2), finding(1)), never)
    assert [one.anchor.line for one in report.findings] == [1, 2]
    assert all(one.fingerprint for one in report.findings)
    assert [one.path for one in report.skipped] == ["b.md"]


def test_what_an_agent_says_stands_beside_what_checks_found() -> None:
    runner = FakeRunner()
    report = swept("fake", sweep(finding(1), cases=1), lambda: runner, Options(explain=explain))
    assert [one.rule for one in report.findings] == ["text/link", "bug/word"]
    assert [len(one.evidence) for one in report.findings] == [0, 1]
    bare = swept("fake", sweep(cases=1), lambda: runner, Options(explain=None, least=0.99))
    assert bare.findings == ()


def test_comments_settings_and_baseline_settle_findings() -> None:
    text = "One. <!-- octad: ignore[text] because it is meant -->\nTwo.\nThree.\n"
    told = sweep(finding(1), finding(2), finding(3, "text/path"), text=text)
    asked = Options(families=("text",), settings=Settings(ignore=("text/path",)))
    report = swept("fake", told, never, asked)
    assert [one.anchor.line for one in report.findings] == [2]
    assert [(one.by, one.finding.anchor.line) for one in report.suppressed] == [("comment", 1)]
    known = swept("fake", told, never, Options(("text",), baseline=baseline_of(report.findings)))
    assert [one.rule for one in known.findings] == ["text/path"]


def test_comments_for_rules_of_others_are_not_called_unused() -> None:
    text = "One. <!-- octad: ignore[text/link, bug] because it is meant -->\n"
    alone = "One. <!-- octad: ignore[text/link] because it is meant -->\n"
    assert swept("fake", sweep(text=text), never, Options(families=("text",))).findings == ()
    assert len(swept("fake", sweep(text=alone), never, Options(families=("text",))).findings) == 1
