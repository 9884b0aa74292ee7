"""Pairs of vulnerable and fixed code: labels, lines, groups."""

from __future__ import annotations

from typing import Any

from octad_train.data.code.sven import pairs_of

BEFORE = "def f(name):\n    run('ls ' + name)\n"
AFTER = "def f(name):\n    run(['ls', name])\n"


def _row(before: str, after: str, link: str, **more: Any) -> dict[str, Any]:
    row = {
        "func_name": "f",
        "func_src_before": before,
        "func_src_after": after,
        "line_changes": {"deleted": [{"line_no": 2}], "added": [{"line_no": 2}]},
        "commit_link": link,
        "file_name": "a/b.py",
        "vul_type": "cwe-078",
    }
    return row | more


def _link(number: int) -> str:
    return f"host/o/r{number}/commit/{number:040x}"


def test_a_pair_has_its_weakness_language_and_line() -> None:
    (pair,) = pairs_of([_row(BEFORE, AFTER, _link(1))])
    assert (pair.cwe, pair.language, pair.lines, pair.name) == ("CWE-78", "python", (2,), "f")
    assert (pair.before.text, pair.after.text) == (BEFORE, AFTER)
    (plain,) = pairs_of([_row(BEFORE, AFTER, _link(1), file_name="x.cc")])
    assert plain.language == "cpp"


def test_views_of_a_commit_and_copies_in_a_fork_share_a_fold() -> None:
    rows = [
        _row(BEFORE, AFTER, _link(1)),
        _row(BEFORE + "    x()\n", AFTER, _link(1) + "?w=1"),
        _row(BEFORE + "    y()\n", AFTER + "    y()\n", _link(1) + "#diff-0"),
        _row(BEFORE.replace(" + ", "+"), AFTER + "    z()\n", _link(2)),
        _row("def g(): a()\n", "def g(): b()\n", _link(3)),
    ]
    pairs = pairs_of(rows)
    assert len({pair.group for pair in pairs[:4]}) == len({pair.fold for pair in pairs[:4]}) == 1
    assert pairs[4].group != pairs[0].group and pairs[4].fold != pairs[0].fold


def test_rows_without_a_change_are_left_out() -> None:
    assert pairs_of([_row(BEFORE, BEFORE, _link(1))]) == []


def test_additions_are_found_between_their_neighbours() -> None:
    before = "a\nb\n\nc\n"
    changes = {"deleted": [], "added": [{"line_no": 3}, {"line_no": 4}]}
    (pair,) = pairs_of([_row(before, "a\nb\nx\ny\n\nc\n", _link(1), line_changes=changes)])
    assert pair.lines == (2, 4)


def test_blank_lines_removed_are_no_place() -> None:
    before = "a\n\nb\n"
    changes = {"deleted": [{"line_no": 2}], "added": [{"line_no": 2}]}
    (pair,) = pairs_of([_row(before, "a\nx\nb\n", _link(1), line_changes=changes)])
    assert pair.lines == (1, 3)
