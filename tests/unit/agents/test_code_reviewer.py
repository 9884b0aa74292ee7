"""What the heads say becomes findings, what labels call for, and memory of past verdicts."""

from __future__ import annotations

import pytest

from octad.agents.code_reviewer import Answer, Case, Label, agent, expected
from octad.heads.consistency import Inconsistency, UseLabel
from octad.heads.line_labels import LineScore, Mark, Marking
from octad.heads.pointer import BugLabel, Diagnosis, RankedRepair, Suspect
from octad.records.code import Code, LineRange
from octad.records.used_definition import UsedDefinition
from octad.syntax.edits import EDITS
from octad.syntax.tokenizer import tokenize

CODE = Code(path="a.py", text="def f(first, second):\n    return g(first < second)\n", first_line=5)
TOKENS = tokenize(CODE)
LESS, CALLED = TOKENS.words.index("<"), TOKENS.words.index("g")
BUG = BugLabel(CODE.text.index("<"), EDITS.index("replace:<="), None, "wrong-comparison")
G = UsedDefinition(name="g", sort="function", code=Code(path="b.py", text="def g(one, other):", first_line=3))
ANSWER = Answer(
    bug=Diagnosis(
        0.8, (Suspect(LESS, 0.9, (RankedRepair(BUG.edit, None, 0.9),), 0.7), Suspect(1, 0.1, (), 0.1))
    ),
    security=Marking({}, (LineScore(9, 6, "CWE-89", 0.6),)),
    style=Marking({}, (LineScore(9, 6, "RET504", 0.5),)),
    performance=Marking({}, (LineScore(9, 6, "PERF401", 0.4),)),
    uses=(Inconsistency(CALLED, "function", G, 0.3),),
)
RULES = {
    "bug/wrong-comparison": 0.7,
    "security/CWE-89": 0.6,
    "style/RET504": 0.5,
    "performance/PERF401": 0.4,
    "uses/function": 0.3,
}


def rules(case: Case, thresholds: dict[str, float] = RULES) -> set[str]:
    return {one.finding.rule for one in agent.candidates(case, ANSWER, thresholds)}


def test_every_head_speaks_at_its_threshold() -> None:
    found = agent.candidates(Case(code=CODE), ANSWER, RULES)
    assert {one.finding.rule: one.finding.probability for one in found} == RULES
    assert {(one.target.head, one.target.item, one.target.label) for one in found} == {
        ("bug", LESS, ""), ("uses", CALLED, ""), ("security", 9, "CWE-89"), ("style", 9, "RET504"),
        ("performance", 9, "PERF401"),
    }  # fmt: skip
    levels = {one.finding.rule.partition("/")[0]: one.finding.level for one in found}
    assert levels["security"] == "warning" and levels["style"] == levels["performance"] == "note"
    assert {one.finding.anchor.line for one in found} == {6}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_below_or_without_its_threshold_is_silent(rule: str) -> None:
    above = rules(Case(code=CODE), RULES | {rule: RULES[rule] + 0.01})
    without = rules(Case(code=CODE), {k: v for k, v in RULES.items() if k != rule})
    assert above == without == set(RULES) - {rule}


def test_weights_from_before_a_head_was_there_leave_it_silent() -> None:
    older = Answer(ANSWER.bug, ANSWER.security, ANSWER.style, ANSWER.performance)
    found = {one.finding.rule for one in agent.candidates(Case(code=CODE), older, RULES)}
    assert found == set(RULES) - {"uses/function"}


def test_a_use_says_where_its_definition_stands() -> None:
    (finding,) = (
        one.finding for one in agent.candidates(Case(code=CODE), ANSWER, RULES) if one.target.head == "uses"
    )
    assert "`g`" in finding.message and finding.message.endswith("(b.py:3)")


def test_only_changed_lines_are_spoken_of() -> None:
    for line, found in ((5, set()), (6, set(RULES))):
        changed = CODE.model_copy(update={"changed": (LineRange(first=line, last=line),)})
        assert rules(Case(code=changed)) == found


def test_what_a_label_calls_for() -> None:
    case = Case(code=CODE, context=(G,))
    assert expected(case, Label()) == expected(case, Label(bug="correct")) == frozenset()
    assert expected(case, Label(bug=BUG)) == {("bug/wrong-comparison", 6)}
    marks = Label(
        security=frozenset({Mark(6, "CWE-89")}),
        style=frozenset({Mark(5, "N802")}),
        performance=frozenset({Mark(6, "PERF401")}),
    )
    assert expected(case, marks) == {("security/CWE-89", 6), ("style/N802", 5), ("performance/PERF401", 6)}
    place = int(TOKENS.offsets[CALLED, 0])
    assert expected(case, Label(uses=UseLabel(frozenset({place}), frozenset({place})))) == {
        ("uses/function", 6)
    }
    assert expected(case, Label(uses=UseLabel(frozenset(), frozenset({place})))) == frozenset()
