"""Places as editors count them."""

from __future__ import annotations

import pytest
from lsprotocol import types

from octad.lsp.places import Places, carried, meet
from octad.records.report import Anchor, Finding, Repair

LINES = ["x = '\U0001f600' + y", "", "z = 1"]


def anchor(line: int, column: int, end_line: int, end_column: int) -> Anchor:
    return Anchor(path="a.py", line=line, column=column, end_line=end_line, end_column=end_column)


def finding(line: int) -> Finding:
    place = anchor(line, 1, line, 2)
    repair = Repair(anchor=place, replacement="", description="")
    return Finding(rule="a/b", level="note", message="", probability=None, anchor=place, repairs=(repair,))


def said(found: types.Range) -> tuple[int, int, int, int]:
    return found.start.line, found.start.character, found.end.line, found.end.character


@pytest.mark.parametrize(("encoding", "extra"), [("utf-8", 3), ("utf-16", 1), ("utf-32", 0)])
def test_columns_are_counted_in_units_of_the_encoding(encoding: str, extra: int) -> None:
    at = LINES[0].index("y") + 1
    found = Places(LINES, encoding).range_of(anchor(1, at, 1, at + 1))
    assert said(found) == (0, at - 1 + extra, 0, at + extra)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((3, 1, 4, 1), (2, 0, 3, 0)),  # whole lines, the last included
        ((3, 3, 3, 99), (2, 2, 2, 5)),
        ((9, 1, 9, 2), (3, 0, 3, 0)),
        ((3, 5, 3, 2), (2, 4, 2, 4)),  # never backwards
        ((2, 1, 2, 1), (1, 0, 1, 0)),
    ],
)
def test_what_lies_beyond_the_text_ends_where_that_does(
    place: tuple[int, int, int, int], expected: tuple[int, int, int, int]
) -> None:
    assert said(Places(LINES).range_of(anchor(*place))) == expected


def test_all_of_a_line() -> None:
    assert said(Places(LINES).line(3)) == (2, 0, 2, 5) and said(Places([]).line(1)) == (0, 0, 0, 0)


def test_ranges_that_share_a_place() -> None:
    def of(*place: int) -> types.Range:
        return types.Range(types.Position(*place[:2]), types.Position(*place[2:]))

    assert meet(of(0, 1, 0, 3), of(0, 3, 0, 3)) and meet(of(0, 0, 5, 0), of(2, 1, 2, 1))
    assert not meet(of(0, 1, 0, 3), of(0, 4, 0, 4)) and not meet(of(1, 0, 1, 9), of(0, 5, 0, 9))


def test_findings_are_carried_where_their_line_stands_as_it_was() -> None:
    before = ["a", "b", "c", "c"]
    (same,) = carried([finding(1)], before, ["a", "x"])
    assert same == finding(1)
    (moved,) = carried([finding(2)], before, ["new", "new", "a", "b"])
    assert (moved.anchor.line, moved.repairs[0].anchor.line) == (4, 4)
    assert carried([finding(2)], before, ["a", "changed"]) == []
    assert carried([finding(2)], before, ["b", "x", "b"]) == []  # which of the two is not known
    assert carried([finding(9)], before, before) == []
