"""What a head says becomes a finding in the words of its rule, without repairs that are ruled out."""

from __future__ import annotations

from typing import Literal

import pytest

from octad.heads.consistency import Inconsistency
from octad.heads.line_labels import LineScore
from octad.heads.pointer import RankedRepair, Suspect
from octad.records.code import Code
from octad.records.report import Finding
from octad.records.used_definition import UsedDefinition
from octad.rules.findings import marked_line, ruled_out, wrong_token, wrong_use
from octad.rules.rule import rule
from octad.syntax.edits import EDITS
from octad.syntax.tokenizer import tokenize

CODE = Code(path="a.py", text="def f(first, second):\n    return first < second\n", first_line=5)
CALL = Code(path="a.py", text="class A:\n    def f(self, é):\n        return g('é', {})\n", first_line=5)
TOKENS = tokenize(CODE)
EQUAL, GREATER = (RankedRepair(EDITS.index(f"replace:{word}"), None, 0.7) for word in ("<=", ">"))


def test_a_suspect_becomes_a_finding_with_its_repairs() -> None:
    item = TOKENS.words.index("<")
    ranked = (EQUAL, GREATER._replace(probability=0.2))
    finding = wrong_token(CODE, TOKENS, Suspect(item, 0.9, ranked, 0.6))
    assert finding is not None
    assert (finding.rule, finding.probability) == ("bug/wrong-comparison", 0.6)
    assert finding.level == rule(finding.rule).level and finding.reference
    assert finding.message == "`<` looks like the wrong comparison: replace `<` by `<=`?"
    place = finding.anchor
    assert (place.path, place.line, place.column, place.end_column) == ("a.py", 6, 18, 19)
    assert [(repair.replacement, repair.probability) for repair in finding.repairs] == [
        ("<=", 0.7),
        (">", 0.2),
    ]


def test_what_a_veto_rules_out_is_not_offered() -> None:
    """No length is below 0: `len(x) > 0` and `len(x) != 0` are the same."""
    code = Code(path="a.py", text="def f(x):\n    return len(x) > 0\n")
    tokens = tokenize(code)
    item = tokens.words.index(">")
    same = RankedRepair(EDITS.index("replace:!="), None, 0.8)
    assert ruled_out(code, tokens, item, same) and not ruled_out(code, tokens, item, EQUAL)
    finding = wrong_token(code, tokens, Suspect(item, 0.9, (same, EQUAL), 0.6))
    assert finding is not None and [one.replacement for one in finding.repairs] == ["<="]
    assert wrong_token(code, tokens, Suspect(item, 0.6, (same,))) is None
    assert wrong_token(code, tokens, Suspect(item, 0.6, ())) is None


def test_an_edit_that_cannot_be_made_is_ruled_out() -> None:
    swap = RankedRepair(EDITS.index("swap:0"), None, 0.9)
    assert ruled_out(CODE, TOKENS, TOKENS.words.index("<"), swap)


def test_a_use_that_does_not_fit_names_its_definition() -> None:
    finding = use_of("def g(a):\n", "a, b")
    assert finding is not None
    assert (finding.rule, finding.probability, finding.anchor.line) == ("uses/function", 0.8, 7)
    assert finding.message.endswith(" (b.py:9)") and "`g`" in finding.message
    missing = Inconsistency(TOKENS.words.index("second"), "missing", None, 0.7)
    assert wrong_use(CODE, TOKENS, missing) is None, "a subclass may define it"


Sort = Literal["function", "class", "method", "field"]


def use_of(head: str, given: str, sort: Sort = "function") -> Finding | None:
    code = CALL.model_copy(update={"text": CALL.text.format(given)})
    tokens = tokenize(code)
    there = UsedDefinition(name="g", sort=sort, code=Code(path="b.py", text=head, first_line=9))
    return wrong_use(code, tokens, Inconsistency(tokens.words.index("g"), sort, there, 0.8))


@pytest.mark.parametrize(
    ("head", "given", "sort"),
    [
        ("def g(a, b):\n", "b", "function"),
        ("def g(a, b=0):\n", "", "function"),
        ("def g(a, b):\n", "*b", "function"),
        ("def g(a, b):\n", "**b", "function"),
        ("def g(a,\n", "b, c", "function"),
        ("def __init__(self, a, b):\n", "b", "class"),
        ("def g(self, a, b):\n", "b=1", "method"),
    ],
)  # fmt: skip
def test_a_call_that_fits_its_signature_or_may_do_so_is_no_finding(head: str, given: str, sort: Sort) -> None:
    assert use_of(head, given, sort) is None


@pytest.mark.parametrize(
    ("head", "given", "sort"),
    [
        ("def g(a, b):\n", "", "function"),
        ("def g(a, b):\n", "1, 2", "function"),
        ("def __init__(self, a, b):\n", "c=1", "class"),
        ("def g(self, a):\n", "b", "method"),
    ],
)
def test_a_call_that_python_would_refuse_is_a_finding(head: str, given: str, sort: Sort) -> None:
    assert use_of(head, given, sort) is not None


def test_what_nothing_but_the_model_can_say_is_not_said() -> None:
    assert use_of("g = 1\n", "", "field") is None


def test_a_marked_line_is_shown_without_its_indent() -> None:
    finding = marked_line(CODE, "style", "do not", LineScore(9, 6, "X1", 0.4), "note")
    assert (finding.rule, finding.level, finding.message) == ("style/X1", "note", "do not")
    assert (finding.anchor.line, finding.anchor.column, finding.anchor.end_column) == (6, 5, 26)
