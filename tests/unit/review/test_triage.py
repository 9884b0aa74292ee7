"""What few people act on is folded away, counted and kept; errors and what is not known stand."""

from __future__ import annotations

import pytest

from octad.records.code import Code
from octad.records.report import Anchor, Finding, Level
from octad.review import triage
from octad.review.judge import fold_below
from octad.review.triage import triaged

CODE = Code(path="a.py", text="def f(a, b):\n    return a\n")


def finding(rule: str, level: Level = "note", line: int = 1) -> Finding:
    anchor = Anchor(path="a.py", line=line, end_line=line, end_column=4)
    return Finding(
        rule=rule, level=level, message="", probability=None, anchor=anchor, source=rule.split("/")[0]
    )


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"ruff/A1": 0.01, "ruff/A2": 0.4, "ruff/E9": 0.01}
    monkeypatch.setattr(triage, "chances", lambda findings, codes: [said.get(f.rule) for f in findings])
    monkeypatch.setattr(triage, "fold_below", lambda: 0.1)


def test_the_unlikely_are_folded_and_kept_with_their_reason() -> None:
    found = triaged([finding("ruff/A1"), finding("ruff/A2"), finding("mypy/x")], [CODE])
    assert [(one.rule, one.acted_on) for one in found.findings] == [("ruff/A2", 0.4), ("mypy/x", None)]
    (folded,) = found.folded
    assert (folded.finding.rule, folded.by) == ("ruff/A1", "judge")
    assert folded.reason == "people act on 1 of 100 such findings within two years"


def test_errors_always_stand() -> None:
    found = triaged([finding("ruff/E9", "error")], [CODE])
    assert len(found.findings) == 1 and found.folded == ()


def test_all_stand_where_nothing_is_to_be_folded() -> None:
    found = triaged([finding("ruff/A1")], [CODE], folds=False)
    assert [one.acted_on for one in found.findings] == [0.01] and found.folded == ()


def test_the_shipped_points_have_a_bound() -> None:
    assert 0 < fold_below() < 0.5
