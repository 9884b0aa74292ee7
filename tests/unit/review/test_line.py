"""Why there is, or is not, a finding at a line."""

from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.records.code import Code, LineRange
from octad.review.line import EXPLAINED, LISTED, explain_line, unit_at
from tests.unit.cli.conftest import FakeRunner, explain

CODE = Code(path="a.py", text="def f():\n    bug = 1\n    return bug\n\n\ndef g():\n    return 2\n")


def test_the_unit_of_a_line_is_asked_whether_it_changed_or_not() -> None:
    for changed in (None, (), (LineRange(first=7, last=7),)):
        code = CODE.model_copy(update={"changed": changed})
        assert [unit_at(code, line).first_line for line in (1, 3, 6, 7)] == [1, 1, 6, 6]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (CODE.text, 99, "a.py has no line 99"),
        (CODE.text, 0, "a.py has no line 0"),
        (CODE.text, 4, "there is no code at a.py:4"),
    ],
)
def test_a_line_without_code_is_an_error_with_a_hint(text: str, line: int, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        unit_at(CODE.model_copy(update={"text": text}), line)
    assert caught.value.hint


def test_what_is_at_the_line_is_explained_and_the_rest_of_the_unit_is_listed() -> None:
    runner = FakeRunner()
    report = explain_line(runner, CODE, 2, explain)
    assert [(f.anchor.line, bool(f.evidence)) for f in report.findings] == [(2, True)]
    verdict, table = report.blocks
    assert verdict.title == "a.py:2" and verdict.rows[0][0].startswith("Shown: bug/word")
    assert [row[0] for row in table.rows[1:]] == ["2", "3"]
    assert [code.first_line for code in runner.asked] == [1]


def test_candidates_without_a_threshold_are_shown_too_and_only_so_many() -> None:
    runner = FakeRunner()
    runner.manifest = runner.manifest.model_copy(update={"thresholds": {}, "diff_thresholds": {}})
    text = "def f():\n" + "    bug = 1\n" * (LISTED + 5)
    report = explain_line(runner, CODE.model_copy(update={"text": text}), 2, explain)
    assert "has no threshold" in report.blocks[0].rows[0][0]
    assert len(report.blocks[1].rows) == 1 + LISTED and 1 <= len(report.findings) <= EXPLAINED
