from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.host.terminal import visible
from octad.records.lines import lines_of
from octad.records.report import Anchor, Repair
from octad.render.excerpt import counted, edit_of, percent, spans_of, windows


@settings(max_examples=20)
@given(st.text())
def test_visible_text_keeps_its_length_and_hides_nothing(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert not any(ord(character) < 32 and character != "\t" for character in shown)
    assert visible(shown) == shown


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 9))), st.integers(0, 50))
def test_windows_cover_what_is_wanted_and_stay_apart(wanted: list[tuple[int, int]], n_lines: int) -> None:
    found = windows(wanted, n_lines)
    assert all(1 <= first <= last <= n_lines for first, last in found)
    assert all(after[0] > before[1] + 2 for before, after in pairwise(found))
    shown = {line for first, last in found for line in range(first, last + 1)}
    assert {line for line, _ in wanted if 1 <= line <= n_lines} <= shown


@settings(max_examples=20)
@given(st.data())
def test_edit_replaces_exactly_the_anchored_text(data: st.DataObject) -> None:
    text = data.draw(st.text("ab \n", min_size=1, max_size=40))
    lines = lines_of(text)
    if not lines:
        return
    whole = "\n".join(lines)
    start, end = sorted((data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, len(whole)))))

    def place(at: int) -> tuple[int, int]:
        return whole.count("\n", 0, at) + 1, at - (whole.rfind("\n", 0, at) + 1) + 1

    (line, column), (end_line, end_column) = place(start), place(end)
    anchor = Anchor(path="p", line=line, column=column, end_line=end_line, end_column=end_column)
    edit = edit_of(Repair(anchor=anchor, replacement="X\nY", description="", probability=1), lines)
    assert edit is not None
    assert edit.removed == whole[start:end]
    changed = [*lines[: line - 1], *edit.after, *lines[end_line:]]
    assert "\n".join(changed) == whole[:start] + "X\nY" + whole[end:]
    assert edit.before == lines[line - 1 : end_line]


def test_spans_never_leave_the_text() -> None:
    anchor = Anchor(path="p", line=0, column=5, end_line=9, end_column=99)
    assert [tuple(span) for span in spans_of(anchor, ["abc", ""])] == [(1, 0, 3), (2, 0, 0)]


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "0 %"), (0.874, "87 %"), (0.994, "99 %"), (0.9999, ">99 %"), (1.0, "100 %")],
)
def test_percent_never_rounds_up_to_certainty(probability: float, shown: str) -> None:
    assert percent(probability) == shown


def test_counts_know_their_plural() -> None:
    assert [counted(number, "line") for number in (0, 1, 1_234)] == ["0 lines", "1 line", "1,234 lines"]
