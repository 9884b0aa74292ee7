"""Room that is kept is real, and a lock is of one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.host.private import Reserve, locked
from tests.unit.host.test_database import no_room


def test_room_is_kept_given_and_kept_again(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "room", 100_000)
    assert reserve.keep() and reserve.keep()
    assert reserve.path.stat().st_blocks * 512 >= 100_000
    assert reserve.give() and not reserve.give()
    with no_room(50_000):
        assert not reserve.keep()
    assert not reserve.path.exists()
    assert reserve.keep()


def test_what_lies_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"x" * 1_000)
    (tmp_path / "room").symlink_to(tmp_path / "target")
    assert Reserve(tmp_path / "room", 1_000).keep()
    assert not (tmp_path / "room").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"x" * 1_000


def test_a_lock_is_of_one_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path / "a", 1.0), pytest.raises(TimeoutError), locked(tmp_path / "a", 0.02):
        pass
    with locked(tmp_path / "a", 0.02):
        pass


def test_a_file_of_others_is_not_locked(tmp_path: Path) -> None:
    (tmp_path / "a").touch(0o644)
    with pytest.raises(PermissionError), locked(tmp_path / "a", 0.02):
        pass
