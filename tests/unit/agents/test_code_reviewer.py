"""Labels from every source, what they call for, and memory of past verdicts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from octad.agents.code_reviewer import Answer, Case, Label, agent, labelled, truth
from octad.data.complexity import Measured
from octad.data.known import Half
from octad.data.labels import BugLabel
from octad.data.security import SecurityPair
from octad.data.stream import Planted
from octad.heads.labels import LineScore, Mark, Marking
from octad.heads.pointer import Diagnosis, RankedRepair, Suspect
from octad.records.code import Code
from octad.records.events import Event, Events
from octad.syntax.edits import EDITS
from octad.syntax.tokens import tokenize

CODE = Code(path="a.py", text="def f(first, second):\n    return first < second\n", first_line=5)
TOKENS = tokenize(CODE)
LESS = TOKENS.words.index("<")
BUG = BugLabel(CODE.text.index("<"), EDITS.index("replace:<="), None, "wrong-comparison")
ANSWER = Answer(
    bug=Diagnosis(0.8, (Suspect(LESS, 0.7, (RankedRepair(BUG.edit, None, 0.9),)), Suspect(1, 0.1, ()))),
    security=Marking({}, (LineScore(9, 6, "CWE-89", 0.6),)),
    style=Marking({}, (LineScore(9, 6, "RET504", 0.5),)),
    performance=Marking({}, (LineScore(9, 6, "PERF401", 0.4),)),
    complexity={},
)
RULES = {"bug/wrong-comparison": 0.7, "security/CWE-89": 0.6, "style/RET504": 0.5, "performance/PERF401": 0.4}


def test_every_head_speaks_at_its_threshold() -> None:
    found = agent.findings(Case(code=CODE), ANSWER, RULES)
    assert {claimed.finding.rule: claimed.finding.probability for claimed in found} == RULES
    assert [(claimed.claim.head, claimed.claim.item) for claimed in found] == [
        ("bug", LESS), ("security", 9), ("style", 9), ("performance", 9),
    ]  # fmt: skip
    assert [claimed.finding.level for claimed in found] == ["warning", "warning", "note", "note"]
    assert {claimed.finding.anchor.line for claimed in found} == {6}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_below_or_without_its_threshold_is_silent(rule: str) -> None:
    above = agent.findings(Case(code=CODE), ANSWER, RULES | {rule: RULES[rule] + 0.01})
    without = agent.findings(Case(code=CODE), ANSWER, {k: v for k, v in RULES.items() if k != rule})
    assert {c.finding.rule for c in above} == {c.finding.rule for c in without} == set(RULES) - {rule}


def test_a_dismissed_line_is_not_brought_up_again() -> None:
    event = Event(
        time=datetime(2024, 1, 1, tzinfo=UTC),
        kind="dismissed",
        subject="style/RET504",
        attributes={"line": "return first < second"},
    )
    case = Case(code=CODE, history=Events(events=(event,)))
    found = agent.findings(case, ANSWER, RULES)
    assert {claimed.finding.rule for claimed in found} == set(RULES) - {"style/RET504"}


def test_what_is_planted_is_a_bug_and_nothing_else() -> None:
    case, label = labelled(Planted(CODE, TOKENS, BUG, LESS, None))
    assert (case, label) == (Case(code=CODE), Label(bug=BUG))
    assert truth(case, label) == {("bug/wrong-comparison", 6)}


def test_marks_of_analysers_go_to_their_heads() -> None:
    marks = ((5, "N802"), (6, "S608"), (6, "PERF401"))
    case, label = labelled(Planted(CODE, TOKENS, None, 0, marks))
    assert label.bug == "correct" and label.complexity is None
    assert truth(case, label) == {("style/N802", 5), ("security/CWE-89", 6), ("performance/PERF401", 6)}
    _, rewritten = labelled(Planted(CODE, TOKENS, None, 0, None))
    assert rewritten == Label(bug="correct")


def test_a_fix_is_clean_and_what_it_fixed_is_not() -> None:
    before, after = (Code(path="q.py", text=text) for text in ("x = 1\ny = 2\n", "x = 1\ny = 3\n"))
    pair = SecurityPair("f", "CWE-89", before, after, (2,), "g", 3)
    assert labelled(Half(pair, True)) == (Case(code=before), Label(security=frozenset({Mark(2, "CWE-89")})))
    assert labelled(Half(pair, False)) == (Case(code=after), Label(security=frozenset()))


def test_measured_growth_is_a_class_alone() -> None:
    case, label = labelled(Measured("t1", "x = 1\n", "linear", ()))
    assert (case.code.path, label) == ("t1.py", Label(complexity="linear"))
