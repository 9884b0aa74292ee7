"""A change as items: the message, the largest files, their runs of changed lines, all within bounds."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.encoders.change import CHARACTERS, FILES, RUNS, SENTENCES, ChangeEncoder, Kind
from octad.read.history.churn import CHURN
from octad.records.change import Change, FileChange
from octad.records.code import Code, LineRange
from octad.signals.change_history import BEFOREHAND, NAMES

ENCODER = ChangeEncoder("change")
PAST = 2 * len(BEFOREHAND)


def code(path: str, text: str, *changed: tuple[int, int], first_line: int = 1) -> Code:
    runs = tuple(LineRange(first=a, last=b) for a, b in changed)
    return Code(path=path, text=text, first_line=first_line, changed=runs or None)


def file(path: str, before: str | None, after: str | None) -> FileChange:
    return FileChange(
        before=None if before is None else code(path, before),
        after=None if after is None else code(path, after),
    )


CHANGE = Change(
    files=(
        file("a.py", "x = 1", "x = 2\nif x:\n    # why\n"),
        file("tests/test_a.py", None, "\n".join(f"assert {i}" for i in range(9))),
        file("docs/old.md", "gone", None),
    ),
    message="Raise x\n\nIt was low.\nVery low.",
    revision="abc",
    time=datetime(2026, 1, 1, tzinfo=UTC),
    past=(1.5, None, *[0.0] * (len(NAMES) - 2)),
)


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None) is None


def test_message_files_and_runs_of_lines_in_their_order() -> None:
    found = ENCODER.items(CHANGE)
    assert found is not None
    rows = list(zip(found.kinds, found.texts, strict=True))
    assert rows[:3] == [
        (Kind.CHANGE, "Raise x"),
        (Kind.SENTENCE, "It was low."),
        (Kind.SENTENCE, "Very low."),
    ]
    files = [text for kind, text in rows if kind == Kind.FILE]
    assert files == ["tests/test_a.py", "a.py", "docs/old.md"], "the largest first"
    at = rows.index((Kind.FILE, "a.py"))
    assert rows[at + 1 : at + 3] == [(Kind.REMOVED, "x = 1"), (Kind.ADDED, "x = 2 if x: # why")]
    place = found.anchors[at + 2]
    assert place is not None
    assert (place.path, place.line, place.end_line, place.end_column) == ("a.py", 1, 3, 10)
    assert found.links[0] == ("abc",) and found.links[at] == ("a.py",) and found.links[at + 1] == ()
    assert [text for text, ok in zip(found.texts, found.candidates, strict=True) if ok] == files


def test_edges_lead_to_what_holds_an_item_and_along_the_runs() -> None:
    found = ENCODER.items(CHANGE)
    assert found is not None
    up = {(a, b) for a, b, kind in found.edges.tolist() if kind == 0}
    down = {(b, a) for a, b, kind in found.edges.tolist() if kind == 1}
    assert up == down and len(up) == len(found) - 1
    for child, parent in up:
        assert (found.kinds[parent] == Kind.FILE) == (found.kinds[child] >= Kind.ADDED)
        assert parent == 0 or found.anchors[child].path == found.texts[parent]  # type: ignore[union-attr]
    for a, b, kind in found.edges.tolist():
        if kind == 2:
            assert b == a + 1 and found.anchors[a].path == found.anchors[b].path  # type: ignore[union-attr]


def test_the_past_comes_with_what_is_known_of_it() -> None:
    found = ENCODER.items(CHANGE)
    assert found is not None
    values, known = found.numbers[0, :PAST].reshape(2, -1)
    assert values[:2].tolist() == [1.5, 0.0] and known[:3].tolist() == [1.0, 0.0, 1.0]
    assert found.numbers.shape[1] == ENCODER.size == PAST + len(CHURN) + 8
    assert not found.numbers[1:, :-8].any()
    without = ENCODER.items(CHANGE.model_copy(update={"past": ()}))
    assert without is not None and not without.numbers[0, :PAST].any()


@pytest.mark.parametrize("count", [1, len(BEFOREHAND) - 1, len(NAMES) + 3])
def test_a_past_of_another_length_is_read_as_far_as_it_goes(count: int) -> None:
    found = ENCODER.items(CHANGE.model_copy(update={"past": (2.0,) * count}))
    assert found is not None
    values, known = found.numbers[0, :PAST].reshape(2, -1)
    assert known.sum() == min(count, len(BEFOREHAND)) and (values == 2 * known).all()


def test_a_large_change_is_cut() -> None:
    text = "\n".join(f"line {i}" for i in range(500))
    message = "S\n" + "\n".join(f"sentence {i}" for i in range(20))
    files = tuple(file(f"f{i:02}.py", None, text + "\nx" * i) for i in range(FILES + 9))
    found = ENCODER.items(Change(files=files, message=message))
    assert found is not None
    counts = [found.kinds.count(kind) for kind in Kind]
    assert counts[:3] == [1, SENTENCES, FILES] and 0 < counts[3] <= RUNS
    assert max(map(len, found.texts)) == CHARACTERS


def runs(change: Change) -> list[tuple[str, int, int]]:
    """Text, first and last line of every run of changed lines."""
    found = ENCODER.items(change)
    assert found is not None
    rows = zip(found.kinds, found.texts, found.anchors, strict=True)
    return [(text, a.line, a.end_line) for kind, text, a in rows if a and kind >= Kind.ADDED]


def test_only_changed_lines_are_read_with_the_numbers_of_the_file() -> None:
    after = code("a.py", "b\nc\nd\ne", (1, 10), (12, 12), (13, 99), first_line=10)
    change = Change(files=(FileChange(before=None, after=after),))
    assert runs(change) == [("b", 10, 10), ("d e", 12, 13)]


def test_blank_lines_and_lines_that_stay_part_runs() -> None:
    assert runs(Change(files=(file("a.py", None, "b\nc\n\n  d"),))) == [("b c", 1, 2), ("d", 4, 4)]


def test_the_longest_runs_of_a_file_are_read_in_their_order() -> None:
    text = "\n\n".join("x" * (1 + n % 40) for n in range(RUNS + 20))
    found = runs(Change(files=(file("a.py", None, text),)))
    lines = [first for _, first, _ in found]
    assert len(found) == RUNS and lines == sorted(lines)
    longest = sorted((len(line) for line in text.split("\n\n")), reverse=True)[:RUNS]
    assert sorted((len(one) for one, _, _ in found), reverse=True) == longest


def test_the_order_of_words_is_kept() -> None:
    """The backbone reads a line as it was written, not the bag of its words."""
    (one,), (other,) = (runs(Change(files=(file("a.py", None, text),))) for text in ("a - b", "b - a"))
    assert one[0] == "a - b" and other[0] == "b - a"


LINE = st.text(max_size=20)
SIDE = st.none() | st.lists(LINE, max_size=8).map("\n".join)


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=30), st.lists(st.tuples(st.text(max_size=8), SIDE, SIDE), max_size=6))
def test_finite_and_aligned_whatever_comes(
    message: str, files: list[tuple[str, str | None, str | None]]
) -> None:
    found = ENCODER.items(Change(files=tuple(file(*one) for one in files), message=message))
    assert found is not None and np.isfinite(found.numbers).all()
    n = len(found)
    assert {len(x) for x in (found.numbers, found.kinds, found.names, found.anchors, found.links)} == {n}
    assert ((found.edges[:, :2] >= 0) & (found.edges[:, :2] < n)).all()
