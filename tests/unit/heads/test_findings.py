from __future__ import annotations

from octad.data.advice import ADVICE
from octad.heads.findings import marked_line, wrong_item
from octad.heads.labels import LineScore
from octad.heads.pointer import RankedRepair, Suspect
from octad.records.code import Code
from octad.syntax.edits import EDITS, KINDS
from octad.syntax.tokens import tokenize

CODE = Code(path="a.py", text="def f(first, second):\n    return first < second\n", first_line=5)


def test_a_suspect_becomes_a_finding_with_its_repairs() -> None:
    tokens = tokenize(CODE)
    item = tokens.words.index("<")
    ranked = (
        RankedRepair(EDITS.index("replace:<="), None, 0.7),
        RankedRepair(EDITS.index("replace:>"), None, 0.2),
    )
    finding = wrong_item(CODE, tokens, Suspect(item, 0.6, ranked))
    assert (finding.rule, finding.probability) == ("bug/wrong-comparison", 0.6)
    assert finding.message == "`<` looks like the wrong comparison: replace `<` by `<=`?"
    place = finding.anchor
    assert (place.path, place.line, place.column, place.end_column) == ("a.py", 6, 18, 19)
    assert [(repair.replacement, repair.probability) for repair in finding.repairs] == [
        ("<=", 0.7),
        (">", 0.2),
    ]


def test_a_marked_line_is_shown_without_its_indent() -> None:
    finding = marked_line(CODE, "style", "do not", LineScore(9, 6, "X1", 0.4), "note")
    assert (finding.rule, finding.level, finding.message) == ("style/X1", "note", "do not")
    assert (finding.anchor.line, finding.anchor.column, finding.anchor.end_column) == (6, 5, 26)


def test_every_kind_of_bug_has_its_advice() -> None:
    assert set(KINDS.values()) | {"wrong-attribute"} <= set(ADVICE)
