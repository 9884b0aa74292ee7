"""A few kills of writers, and as many of writers of a store that is broken on purpose: those are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.store_faults import (
    Told,
    damage,
    full_disk,
    in_a_child,
    kills,
    may_mount,
    newer,
    no_sync,
    not_at_once,
    power,
)


def test_what_was_acknowledged_survives_its_writer(tmp_path: Path) -> None:
    row = kills(8, tmp_path, seed=7)
    assert (row.lost, row.torn, row.wrong) == (0, 0, "") and row.acknowledged > 0


def test_a_store_that_is_broken_is_noticed(tmp_path: Path) -> None:
    """Whether a kill comes at the one bad moment is chance: so many tries hardly ever miss it."""

    def tried(seed: int) -> bool:
        folder = tmp_path / str(seed)
        folder.mkdir()
        row = in_a_child(lambda: kills(12, folder, seed=seed, choice=2), not_at_once)
        return bool(row.lost or row.torn)

    assert any(map(tried, range(7, 19)))


def test_a_damaged_index_is_never_believed(tmp_path: Path) -> None:
    row = damage(8, tmp_path)
    assert (row.lost, row.torn, row.wrong) == (0, 0, "")


def test_an_index_of_a_later_program_is_left_alone(tmp_path: Path) -> None:
    row = newer(2, tmp_path)
    assert (row.lost, row.torn) == (0, 0)


def test_a_loss_is_counted() -> None:
    told = Told()
    told.take("put a\nnamed a\naudited b\nput tor")
    assert (told.put, told.named, told.audited, told.count) == ({"a"}, "a", ["b"], 3)


@pytest.mark.skipif(not may_mount(), reason="needs root, to mount a disk of its own")
def test_what_was_acknowledged_survives_a_loss_of_power(tmp_path: Path) -> None:
    row = power(2, tmp_path)
    assert (row.lost, row.torn, row.wrong) == (0, 0, "") and row.acknowledged > 0
    broken = power(2, tmp_path, broken=no_sync)
    assert broken.lost or broken.torn


@pytest.mark.skipif(not may_mount(), reason="needs root, to mount a disk of its own")
def test_on_a_full_disk_reads_and_the_way_back_go_on(tmp_path: Path) -> None:
    row = full_disk(1, tmp_path)
    assert (row.lost, row.torn, row.wrong) == (0, 0, "")
