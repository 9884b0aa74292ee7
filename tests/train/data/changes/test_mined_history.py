from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from octad.errors import InputError, UnreadableInput
from octad.read.history.diffs import FilePatch, Hunk
from octad.read.history.log import Commit
from octad.read.history.measures import DAY
from octad.read.history.measures import Past as Measured
from octad_train.data.changes import mined_history as history
from octad_train.data.changes.mined_history import (
    MinedChange,
    gap_days,
    mine,
    read_history,
    shown_diff,
    split,
    write_history,
)
from tests.past import START, Past

EMPTY = Measured().measures(Commit("", 0, datetime(2020, 1, 1, tzinfo=UTC), "a", "m", ()))


def rows(n: int, *, found_after: int = 0) -> list[MinedChange]:
    """One change a day, every tenth with a defect if any has one."""
    first = MinedChange("", START, 9.5, 0, "a", "m", EMPTY, (), "")
    return [
        replace(
            first,
            revision=str(day),
            time=START + day * DAY,
            found=START + (day + found_after) * DAY if found_after and day % 10 == 0 else 0,
        )
        for day in range(n)
    ]


def test_parts_follow_time_and_the_newest_stay_open() -> None:
    parts = [row.part for row in split(rows(1000, found_after=100))]
    assert parts == ["train"] * 630 + ["valid"] * 90 + ["test"] * 180 + ["open"] * 100


def test_the_gap_is_bounded() -> None:
    assert gap_days(rows(100, found_after=5)) == 90
    assert gap_days(rows(100, found_after=5000)) == 365
    assert gap_days(rows(100)) == 365
    assert split([]) == []


def test_a_history_is_mined_written_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(tmp_path / "repo")
    past.commit("start", {"a.py": "x = 1\n"})
    past.commit("break it\n\nwhy", {"a.py": "x = 2\n", "docs/a.md": "two\n"}, day=1, author="Bob")
    past.commit("Fix x", {"a.py": "x = 1\n"}, day=3)
    with pytest.raises(InputError, match="3 changes in"):
        mine(past.root)
    monkeypatch.setattr(history, "LEAST", 3)
    reported: list[tuple[int, int]] = []
    mined = mine(past.root, progress=lambda done, of: reported.append((done, of)))
    assert [row.label for row in mined] == [False, True, False]
    assert reported == [(1, 1)]
    broken = mined[1]
    assert broken.known(START + 3 * DAY) and not broken.known(START + 2 * DAY)
    assert (broken.author, broken.message, broken.weekday) == ("Bob", "break it\n\nwhy", 0)
    assert broken.diff == "+++ a.py\n-x = 1\n+x = 2\n+++ docs/a.md\n+two"
    assert broken.files == ("a.py", "docs/a.md") and broken.measures.la == 2
    counts = write_history(past.root, tmp_path / "out.jsonl.xz")
    assert counts == {"train": 0, "valid": 0, "test": 0, "open": 3}
    assert list(read_history(tmp_path / "out.jsonl.xz")) == mined


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl.xz").write_bytes(b"nothing")
    with pytest.raises(UnreadableInput, match=r"x\.jsonl\.xz"):
        list(read_history(tmp_path / "x.jsonl.xz"))


def test_the_programs_own_code_is_shown_first_and_the_rest_is_cut() -> None:
    docs = FilePatch("a.md", "a.md", [Hunk(1, 1, [], ["d" * 100] * 1000)])
    code = FilePatch("a.py", "a.py", [Hunk(1, 1, ["x = 1"], ["x = 2"])])
    shown = shown_diff([docs, code])
    assert shown.startswith("+++ a.py\n-x = 1\n+x = 2\n+++ a.md\n+ddd")
    assert len(shown) == history.MOST_CHARACTERS
