from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from octad.read.history.log import Commit, FileLines
from octad.read.history.measures import DAY, Past, measured


def commit(day: float, author: str, *files: tuple[str, int, int], message: str = "m") -> Commit:
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    lines = tuple(FileLines(path, path, added, deleted) for path, added, deleted in files)
    return Commit(f"{day}", int(1e9 + day * DAY), moment, author, message, lines)


def test_the_first_commit_has_no_past() -> None:
    first = Past().measures(commit(0, "a", ("lib/x.py", 3, 0), ("lib/y.py", 1, 0), ("z.py", 0, 0)))
    assert (first.ns, first.nd, first.nf, first.la, first.ld) == (2, 2, 3, 4, 0)
    assert first.entropy == pytest.approx(-(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)))
    assert (first.lt, first.ndev, first.age, first.nuc, first.exp, first.rexp, first.sexp) == (0,) * 7


def test_what_came_before_is_counted() -> None:
    log = [
        commit(0, "a", ("lib/x.py", 10, 0), ("lib/y.py", 5, 0)),
        commit(10, "b", ("lib/x.py", 2, 4)),
        commit(20, "a", ("top.py", 1, 0)),
        commit(30, "a", ("lib/x.py", 1, 1), ("lib/y.py", 1, 1), message="Fix a crash"),
    ]
    *_, (_, last) = measured(log)
    assert last.lt == 8 + 5
    assert last.ndev == 2  # a and b, each once
    assert last.nuc == 2  # the first commit touched both files and counts once
    assert last.age == pytest.approx((20 + 30) / 2)
    assert (last.exp, last.sexp) == (2, 1)
    assert last.rexp == pytest.approx(1 / (30 / 365.25 + 1) + 1 / (10 / 365.25 + 1), rel=0.01)
    assert last.fix == 1


def test_a_renamed_file_keeps_its_past() -> None:
    past = Past()
    past.add(commit(0, "a", ("x.py", 7, 0)))
    moved = commit(1, "b")._replace(files=(FileLines("lib/x.py", "x.py", 1, 0),))
    assert past.measures(moved).lt == 7
    past.add(moved)
    again = past.measures(commit(2, "c", ("lib/x.py", 1, 0)))
    assert (again.lt, again.nuc, again.ndev) == (8, 2, 2)
    assert past.measures(commit(2, "c", ("x.py", 1, 0))).nuc == 0


def test_clocks_that_run_backwards_give_no_negative_age() -> None:
    (_, _), (_, second) = measured([commit(5, "a", ("x.py", 1, 0)), commit(1, "a", ("x.py", 1, 0))])
    assert second.age == 0 and second.rexp == 1


def test_a_commit_without_files_is_measured() -> None:
    empty = Past().measures(commit(0, "a"))
    assert (empty.nf, empty.entropy, empty.age) == (0, 0, 0)
