from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.read.code.suppressions import UNUSED, WITHOUT_REASON, Outcome, apply_suppressions, suppressions_in
from octad.records.code import LineRange
from octad.records.report import Anchor, Finding


def finding(line: int, rule: str = "bug/wrong-operator", path: str = "a.py") -> Finding:
    place = Anchor(path=path, line=line, end_line=line, end_column=2)
    return Finding(rule=rule, level="error", message="m", probability=0.9, anchor=place)


def outcome(text: str, *findings: Finding) -> Outcome:
    return apply_suppressions(findings, {"a.py": text})


@pytest.mark.parametrize(
    "text",
    [
        "x  # octad: ignore[bug/wrong-operator] because the bound is exclusive\n",
        "x  // octad: ignore[bug/wrong-operator] because the bound is exclusive\n",
        "x  #octad:ignore[bug] because the bound is exclusive\n",
        "x  # octad: ignore[style, bug/wrong-operator], because: the bound is exclusive\n",
        "x  # don't  # octad: ignore[bug] because the bound is exclusive\n",
        "x  # noqa  # octad: ignore[bug/] because the bound is exclusive\n",
    ],
)
def test_comment_with_a_reason_suppresses(text: str) -> None:
    kept, suppressed = outcome(text, finding(1))
    assert kept == ()
    assert [(one.finding, one.by, one.reason) for one in suppressed] == [
        (finding(1), "comment", "the bound is exclusive")
    ]


def test_comment_alone_speaks_of_the_next_line_and_may_be_stacked() -> None:
    text = "    # octad: ignore[bug] because a\n    # octad: ignore[style] because b\nx = 1\ny = 2\n"
    kept, suppressed = outcome(text, finding(3), finding(3, "style/name"), finding(4))
    assert kept == (finding(4),)
    assert [one.reason for one in suppressed] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "x  # octad: ignore[bug]\n",
        "x  # octad: ignore[bug] because\n",
        "x  # octad: ignore[bug] because …\n",
        "x  # octad: ignore[bug] it is fine\n",
    ],
)
def test_without_a_reason_nothing_is_suppressed(text: str) -> None:
    kept, suppressed = outcome(text, finding(1))
    assert suppressed == ()
    assert [(one.rule, one.level) for one in kept] == [
        ("bug/wrong-operator", "error"),
        (WITHOUT_REASON, "note"),
    ]
    place = kept[1].anchor
    assert text[place.column - 1 : place.end_column - 1].startswith("# octad")


@pytest.mark.parametrize("rule", ["bug/other", "bugs", "wrong-operator", "style", ""])
def test_comment_for_another_rule_is_unused(rule: str) -> None:
    kept, suppressed = outcome(f"x  # octad: ignore[{rule}] because a\n", finding(1))
    assert suppressed == ()
    assert [one.rule for one in kept] == ["bug/wrong-operator", UNUSED]


def test_comment_at_the_end_of_a_line_does_not_speak_of_the_next() -> None:
    kept, _ = outcome("x  # octad: ignore[bug] because a\ny\n", finding(2))
    assert [one.rule for one in kept] == ["bug/wrong-operator", UNUSED]


def test_finding_of_another_file_is_not_covered() -> None:
    assert outcome("x  # octad: ignore[bug] because a\n", finding(1, path="b.py")).suppressed == ()


def test_lines_that_were_not_reviewed_have_no_unused_comments() -> None:
    text = "x  # octad: ignore[bug] because a\ny\nz  # octad: ignore[bug] because b\n"
    kept, _ = apply_suppressions([], {"a.py": text}, {"a.py": (LineRange(first=3, last=3),)})
    assert [one.anchor.line for one in kept] == [3]


def test_quoted_comment_is_no_comment() -> None:
    assert suppressions_in("a.py", "x = '# octad: ignore[bug] because a'\n") == []
    assert len(suppressions_in("a.py", "x = 'a\\'' # octad: ignore[bug] because it's so\n")) == 1


@settings(max_examples=20)
@given(st.text("#/ octad:ignore[]bug,because x'\n\\", max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for comment in suppressions_in("a.py", text):
        assert 1 <= comment.anchor.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.md", "<!-- octad: ignore[bug] because it is meant -->\nwrong\n", 2),
        ("a.md", "wrong <!-- octad: ignore[bug/wrong-operator] because it is meant -->\n", 1),
        ("a.rst", ".. octad: ignore[bug] because it is meant\n\nwrong\n", 3),
    ],
)
def test_texts_have_comments_of_their_own(path: str, text: str, line: int) -> None:
    kept, suppressed = apply_suppressions([finding(line, path=path)], {path: text})
    assert kept == () and [one.reason for one in suppressed] == ["it is meant"]


def test_a_comment_of_code_is_text_in_a_text() -> None:
    assert suppressions_in("a.md", "```python\nx  # octad: ignore[bug] because it is meant\n```\n") == []
    assert suppressions_in("a.md", "say `<!-- octad: ignore[bug] because it is meant -->`\n") == []
    assert suppressions_in("a.py", "x  # <!-- octad: ignore[bug] because it is meant -->\n") == []
