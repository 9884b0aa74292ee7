from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from octad.records.code import Code
from octad.records.report import Anchor, Finding, Repair
from octad.review.fix import fixes_of, patch

Place = tuple[int, int, int, int]


def finding(place: Place, replacement: str, *, safe: bool = True, path: str = "a.py") -> Finding:
    line, column, end_line, end_column = place
    anchor = Anchor(path=path, line=line, column=column, end_line=end_line, end_column=end_column)
    repair = Repair(anchor=anchor, replacement=replacement, description="", safe=safe)
    return Finding(rule="r", level="note", message="m", probability=None, anchor=anchor, repairs=(repair,))


def fixed(text: str, *findings: Finding) -> tuple[str, int]:
    """The text after the repairs, and how many findings were fixed."""
    fixes = fixes_of(findings, [Code(path="a.py", text=text)])
    return fixes.texts.get("a.py", text), len(fixes.fixed)


def test_safe_repairs_are_made_in_any_order() -> None:
    text = "x = 1\ny = ü2\nz = 3\n"
    one, other = finding((3, 5, 3, 6), "33"), finding((2, 5, 2, 7), "22")
    assert fixed(text, one, other) == ("x = 1\ny = 22\nz = 33\n", 2)


def test_a_repair_that_nobody_vouches_for_is_left() -> None:
    text = "x = 1\n"
    assert fixed(text, finding((1, 5, 1, 6), "2", safe=False)) == (text, 0)
    unsafe, safe = finding((1, 5, 1, 6), "2", safe=False), finding((1, 5, 1, 6), "3")
    both = unsafe.model_copy(update={"repairs": unsafe.repairs + safe.repairs})
    assert fixed(text, both) == ("x = 3\n", 1)


def test_of_two_that_overlap_the_first_wins() -> None:
    text = "x = abcd\n"
    assert fixed(text, finding((1, 7, 1, 9), "Z"), finding((1, 5, 1, 8), "Y")) == ("x = Yd\n", 1)
    assert fixed(text, finding((1, 5, 1, 7), "Y"), finding((1, 7, 1, 9), "Z")) == ("x = Ycd\n", 1)
    assert fixed(text, finding((1, 5, 1, 5), "Y"), finding((1, 5, 1, 5), "Z")) == ("x = Yabcd\n", 1)


def test_equal_repairs_are_made_once_and_count_for_all_their_findings() -> None:
    one = finding((1, 1, 2, 1), "")
    assert fixed("import a, b\nx = 1\n", one, one) == ("x = 1\n", 2)


def test_whole_lines_that_touch_are_all_deleted() -> None:
    text = "import a\nimport b\nimport c\nx = 1\n"
    assert fixed(text, *(finding((line, 1, line + 1, 1), "") for line in (1, 2, 3))) == ("x = 1\n", 3)


def test_the_last_line_goes_with_its_end() -> None:
    assert fixed("x = 1\nimport a\n", finding((2, 1, 2, 9), "")) == ("x = 1\n", 1)
    assert fixed("x = 1\nimport a", finding((2, 1, 2, 9), "")) == ("x = 1\n", 1)
    assert fixed("import a\n", finding((1, 1, 1, 9), "")) == ("", 1)


def test_python_that_can_be_parsed_stays_so() -> None:
    text = "def f():\n    import a\n    import b\n\n\nx = 'a'\n"
    repairs = [finding((line, 1, line + 1, 1), "") for line in (2, 3)]
    both = [*repairs, finding((6, 5, 6, 8), '"a"')]
    assert fixed(text, *both) == ('def f():\n    import b\n\n\nx = "a"\n', 2)
    broken = "def f(:\n    import a\n"
    assert fixed(broken, finding((2, 1, 2, 13), "")) == ("def f(:\n", 1)


@pytest.mark.parametrize("place", [(0, 1, 1, 1), (1, 9, 1, 9), (4, 1, 4, 1), (1, 3, 1, 2), (1, 0, 1, 1)])
def test_a_place_that_the_text_does_not_have(place: Place) -> None:
    assert fixed("x = 1\ny\n", finding(place, "z")) == ("x = 1\ny\n", 0)


def test_a_repair_that_changes_nothing_and_one_of_another_file() -> None:
    assert fixed("x = 1\n", finding((1, 1, 1, 2), "x"), finding((1, 1, 1, 2), "y", path="b.py")) == (
        "x = 1\n",
        0,
    )


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "x\ny\n", "x\nz\n"),
        ("a b/ü.py", "x\n\fy\u2028z\rw\n", "x\n"),
        ("a.py", "x\ny", "x\nz"),
        ("a.py", "x\ny", "x\ny\n"),
        ('q"\\t\n+++ b.py', "x\n", "y\n"),
        ("a.py", "x\n", ""),
    ],
)
def test_git_applies_the_patch(tmp_path: Path, path: str, before: str, after: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(before.encode())
    text = patch(path, before, after).encode()
    done = subprocess.run(["git", "apply", "-"], input=text, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (file.read_bytes() if file.exists() else b"") == after.encode()


def test_nothing_to_show() -> None:
    assert patch("a.py", "x\n", "x\n") == ""
