"""Mined changes as cases: whose own code, of which part, with the past that was known then."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad.signals.change_history import NAMES
from octad_train.data.changes.labelled_changes import Risks, change_of, files_of, mined, past_of
from tests.train.data.rows import DIFF, MEASURES, row, write


def test_a_diff_is_parted_into_files_and_sides() -> None:
    cart, prose, gone = files_of(DIFF)
    assert cart.before is not None and cart.after is not None
    assert (cart.before.path, cart.before.text, cart.after.text) == ("a/cart.py", "x = 1\n", "x = 2")
    assert cart.before.language == "python"
    assert prose.before is None and prose.after is not None and prose.after.text == "text"
    assert gone.after is None and gone.before is not None and gone.before.text == "y"
    assert list(files_of("")) == []


def test_a_change_has_what_its_row_says() -> None:
    made = change_of(row(0, message="Odd \udcff"), [1.0, float("nan")])
    assert (made.revision, made.author, made.message) == ("r0", "Ada", "Odd ?")
    assert made.past == (1.0, None) and made.measures == MEASURES and len(made.files) == 3
    assert made.time is not None and made.time.timestamp() == 1_700_000_000


def test_the_past_does_not_know_what_was_found_later() -> None:
    assert past_of(row(1, found=9)) == past_of(row(1))


def test_settled_changes_of_own_code_are_mined_in_the_order_of_time(tmp_path: Path) -> None:
    rows = [
        row(3, found=9, part="valid"),
        row(0),
        row(1, part="open"),
        row(2, files=("README.md", "tests/test_a.py")),
    ]
    write(tmp_path / "shop.jsonl.xz", rows)
    write(tmp_path / "bank.jsonl.xz", [row(5, part="test")])
    (tmp_path / "other.txt").write_text("x")
    found = list(mined(tmp_path))
    assert [(r.project, r.change.revision, r.label, r.part) for r in found] == [
        ("bank", "r5", False, "test"), ("shop", "r0", False, "train"), ("shop", "r3", True, "valid"),
    ]  # fmt: skip
    assert {len(r.change.past) for r in found} == {len(NAMES)}
    assert found[1].change.past != found[2].change.past, "the one before is its past"
    assert list(mined(tmp_path / "nowhere")) == []


def test_a_damaged_history_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl.xz").write_bytes(b"no xz")
    with pytest.raises(UnreadableInput, match=r"shop\.jsonl\.xz cannot be read"):
        list(mined(tmp_path))


def test_draws_are_the_same_for_a_seed_and_reach_every_row(tmp_path: Path) -> None:
    write(tmp_path / "shop.jsonl.xz", [row(i) for i in range(4)])
    rows = tuple(mined(tmp_path))
    drawn = [Risks(rows).example(0, i).change.revision for i in range(60)]
    assert drawn == [Risks(rows).example(0, i).change.revision for i in range(60)]
    assert set(drawn) == {f"r{i}" for i in range(4)}
    assert drawn != [Risks(rows, seed=1).example(0, i).change.revision for i in range(60)]


def test_a_project_counts_by_its_changes(tmp_path: Path) -> None:
    write(tmp_path / "large.jsonl.xz", [row(i) for i in range(36)])
    write(tmp_path / "small.jsonl.xz", [row(i) for i in range(12)])
    risks = Risks(tuple(mined(tmp_path)))
    drawn = [risks.example(0, i).project for i in range(400)]
    assert drawn.count("small") == pytest.approx(100, abs=35)
