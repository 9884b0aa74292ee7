"""Labelled sets: found, read, dealt into folds that keep groups whole."""

from __future__ import annotations

import lzma
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.errors import InputError, UnreadableInput
from octad_train.data.public_sets import folder, folds, merged, optional, rows


def test_without_a_folder_the_sets_are_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    with pytest.raises(InputError, match="OCTAD_DATA"):
        folder()
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path / "absent"))
    assert optional(lambda: list(rows("a.jsonl.xz"))) == []


def test_rows_are_read_and_damage_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    whole = lzma.compress(b'{"a": 1}\n{"a": 2}\n')
    (tmp_path / "good.xz").write_bytes(whole)
    (tmp_path / "short.xz").write_bytes(whole[:-20])
    (tmp_path / "no.xz").write_bytes(lzma.compress(b"{"))
    assert [row["a"] for row in rows("good.xz")] == [1, 2]
    for name in ("short.xz", "no.xz", "absent.xz"):
        with pytest.raises(UnreadableInput, match=name):
            list(rows(name))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_folds_keep_groups_whole_and_do_not_depend_on_order(groups: list[str], random) -> None:  # type: ignore[no-untyped-def]
    fold_of = dict(zip(groups, folds(groups, 3), strict=True))
    assert folds(groups, 3) == [fold_of[group] for group in groups]
    random.shuffle(groups)
    assert dict(zip(groups, folds(groups, 3), strict=True)) == fold_of


def test_folds_are_even() -> None:
    sizes = Counter(folds([f"group {n % 40}" for n in range(200)]))
    assert set(sizes.values()) == {40}


def test_groups_that_share_a_key_are_one() -> None:
    groups = ["b", "a", "c", "d"]
    assert merged(groups, [["x"], ["y"], ["y", "x"], ["z"]]) == ["a", "a", "a", "d"]
