"""Programs with known bugs: what is stripped, what is compared, what is flagged."""

from __future__ import annotations

from typing import Any

from octad_train.data.code.real_bugs import debugbench_of, quixbugs_of, without_closing_text

BUGGY = (
    '\ndef count(n):\n    while n:\n        n ^= n - 1\n    return n\n\n\n"""\nCounts bits: n &= n - 1\n"""\n'
)
FIXED = '\ndef count(n):\n    while n:\n        n &= n - 1\n    return n\n\n"""\nor: n = n & (n - 1)\n"""\n'


def _debugbench(
    buggy: str, fixed: str, kind: str = "operation error", language: str = "python3"
) -> dict[str, Any]:
    return {
        "slug": "a-problem",
        "category_file": kind,
        "language": language,
        "buggy_code": buggy,
        "oracle_code": fixed,
    }


def test_quixbugs_lose_the_text_that_gives_the_answer_away() -> None:
    (bug,) = quixbugs_of([{"name": "count", "buggy_py": BUGGY, "fixed_py": FIXED}])
    assert bug.buggy.text == "def count(n):\n    while n:\n        n ^= n - 1\n    return n\n"
    assert (bug.lines, bug.edits, bug.parses) == ((3,), 1, True)


def test_helpers_without_a_bug_are_left_out() -> None:
    assert (
        quixbugs_of([{"name": "node", "buggy_py": "class Node: ...\n", "fixed_py": "class Node: ...\n"}])
        == []
    )


def test_closing_text_is_only_what_closes() -> None:
    assert (
        without_closing_text('"""About."""\nx = 1\n"""End."""\ny = 2\n')
        == '"""About."""\nx = 1\n"""End."""\ny = 2\n'
    )
    assert without_closing_text("def (\n") == "def ("


def test_debugbench_takes_python_and_flags_what_does_not_parse() -> None:
    rows = [
        _debugbench("\nif a < b:\n    c()\n", "if a <= b:\n    c()\n"),
        _debugbench("if a < b\n    c()\n", "if a < b:\n    c()\n", "missing colons"),
        _debugbench("x = 1\ny = 2\n", "x = 2\ny = 3\n", "double"),
        _debugbench("int a;", "int b;", language="java"),
    ]
    one, broken, double = debugbench_of(rows)
    assert (one.edits, one.is_single, one.lines, one.group) == (1, True, (1,), "a-problem")
    assert (broken.parses, broken.edits) == (False, 1)
    assert (double.edits, double.is_single, double.lines) == (2, False, (1, 2))
