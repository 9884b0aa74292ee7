"""What was acknowledged is there, whoever else writes and whatever happens; bad files are not believed."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from octad.errors import StoreError
from octad.host import database
from octad.host.database import Database
from tests.unit.host.hostile import nothing_left

ONE = """
    CREATE TABLE kept (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
    CREATE INDEX by_value ON kept (value);
"""
TWO = "ALTER TABLE kept ADD COLUMN note TEXT NOT NULL DEFAULT ';';"
INSERT = "INSERT INTO kept (name, value) VALUES (?, ?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "held" / "kept.sqlite"


def put(base: Database, *names: str, frees: bool = False) -> None:
    with base.writing(frees=frees) as one:
        one.executemany(INSERT, [(name, len(name)) for name in names])


def names(base: Database) -> list[str]:
    with base.reading() as one:
        return [name for (name,) in one.execute("SELECT name FROM kept ORDER BY name")]


def refused(action: Callable[[], object]) -> str:
    """The kind of the StoreError of an action."""
    with pytest.raises(StoreError) as caught:
        action()
    return caught.value.kind


@contextmanager
def no_room(limit: int) -> Iterator[None]:
    """No file may become longer than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_what_was_written_is_there_for_whoever_opens_it_next(path: Path) -> None:
    with nothing_left():
        put(Database(path, [ONE]), "a", "b")
        assert names(Database(path, [ONE])) == ["a", "b"]
    for entry in (path.parent, *path.parent.iterdir()):
        assert entry.stat().st_mode & 0o077 == 0


def test_what_fails_has_not_happened(path: Path) -> None:
    base = Database(path, [ONE])
    put(base, "a")
    with pytest.raises(sqlite3.IntegrityError):
        put(base, "b", "a")
    with pytest.raises(OSError, match="the caller's own"), base.writing() as one:
        one.execute(INSERT, ("c", 1))
        raise OSError("the caller's own")
    assert names(base) == ["a"]


def test_who_reads_cannot_write(path: Path) -> None:
    base = Database(path, [ONE])
    assert refused(lambda: _written_while_reading(base)) == "refused"
    assert names(base) == []


def _written_while_reading(base: Database) -> None:
    with base.reading() as one:
        one.execute(INSERT, ("a", 1))


def test_transactions_wait_for_the_disk(path: Path) -> None:
    with Database(path, [ONE]).writing() as one:
        assert one.execute("PRAGMA synchronous").fetchone() == (2,)
        assert one.execute("PRAGMA journal_mode").fetchone() == ("truncate",)


def test_older_tables_are_migrated_and_later_ones_left_alone(path: Path) -> None:
    put(Database(path, [ONE]), "a")
    with Database(path, [ONE, TWO]).reading() as one:
        assert one.execute("SELECT note FROM kept").fetchall() == [(";",)]
    before = path.read_bytes()
    with pytest.raises(StoreError, match="later version") as caught:
        Database(path, [ONE])
    assert (caught.value.kind, path.read_bytes()) == ("newer", before)


def test_a_program_that_runs_while_another_migrates_refuses(path: Path) -> None:
    old = Database(path, [ONE])
    Database(path, [ONE, TWO])
    assert refused(lambda: names(old)) == refused(lambda: put(old, "a")) == "newer"


def test_a_migration_happens_whole_or_not(path: Path) -> None:
    put(Database(path, [ONE]), "a")
    with pytest.raises(sqlite3.Error):
        Database(path, [ONE, f"{TWO} INSERT INTO kept (name, value) VALUES ('a', 1);"])
    assert names(Database(path, [ONE])) == ["a"]


def test_threads_and_processes_write_at_once(path: Path) -> None:
    base = Database(path, [ONE])
    program = (
        "import sys; from pathlib import Path; from tests.unit.host.test_database import *\n"
        "base = Database(Path(sys.argv[1]), [ONE])\nfor i in range(25): put(base, f'{sys.argv[2]}{i}')"
    )
    others = [subprocess.Popen([sys.executable, "-c", program, str(path), word]) for word in "pq"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: put(base, f"t{i}"), range(50)))
    assert [one.wait() for one in others] == [0, 0]
    assert len(names(base)) == 100


def test_who_waits_too_long_is_told_that_it_is_busy(path: Path) -> None:
    base, other = Database(path, [ONE], wait=0.02), Database(path, [ONE], wait=0.02)
    with base.writing():
        assert refused(lambda: put(other, "a")) == "busy"
        caught: list[str] = []
        thread = threading.Thread(target=lambda: caught.append(refused(lambda: put(base, "a"))))
        thread.start()
        thread.join()
        assert caught == ["busy"]
        assert names(other) == []  # readers go on
    put(other, "a")


def damage(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


ATTACKS: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(b"no database " * 1000),
    "cut off": lambda path: os.truncate(path, 5000),
    "emptied": lambda path: os.truncate(path, 0),
    "gone": lambda path: path.unlink(),
    "pages of noise": lambda path: damage(path, 4096, os.urandom(path.stat().st_size - 4096)),
    "the header": lambda path: damage(path, 20, b"\xff" * 40),
    "declared in no text": lambda path: path.write_bytes(
        path.read_bytes().replace(b"CREATE", b"C\xff\xa0ATE")
    ),
    "another table": lambda path: _executed(path, "CREATE TABLE more (x)"),
    "a trigger": lambda path: _executed(
        path, "CREATE TRIGGER t AFTER INSERT ON kept BEGIN DELETE FROM kept; END"
    ),
    "no table": lambda path: _executed(path, "DROP TABLE kept"),
}


def _executed(path: Path, order: str) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.execute(order)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("opened", [False, True], ids=["then opened", "while open"])
def test_a_damaged_file_is_read_from_its_copy_until_it_is_restored(
    path: Path, attack: str, opened: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    base = Database(path, [ONE])
    put(base, *(f"name {i:04}" for i in range(300)))
    base.snapshot()
    put(base, "later")
    ATTACKS[attack](path)
    base = base if opened else Database(path, [ONE])
    with pytest.raises(StoreError) if opened and attack == "pages of noise" else nothing_left():
        assert len(names(base)) == 300
    assert len(names(base)) == 300
    assert refused(lambda: put(base, "more")) == "damaged"
    assert capsys.readouterr().err.count("\n") == 1
    aside = base.restore()
    assert aside is not None and (attack == "gone" or aside.exists())
    put(base, "more")
    assert len(names(Database(path, [ONE]))) == 301
    assert base.restore() is None


def test_without_a_sound_copy_a_damaged_file_is_refused(path: Path) -> None:
    put(Database(path, [ONE]), "a")
    for place in (path, path.with_name("kept.snapshot.sqlite")):
        place.write_bytes(b"nothing")
    base = Database(path, [ONE])
    assert refused(lambda: names(base)) == refused(base.restore) == "damaged"
    assert path.read_bytes() == b"nothing"


def test_a_copy_is_made_when_the_last_is_a_day_old(path: Path) -> None:
    base = Database(path, [ONE])
    put(base, "a")
    Database(path, [ONE])
    with closing(sqlite3.connect(base.copy)) as copy:
        assert copy.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    os.utime(base.copy, (0, 0))
    Database(path, [ONE])
    with closing(sqlite3.connect(base.copy)) as copy:
        assert copy.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_a_damaged_file_is_not_copied(path: Path) -> None:
    base = Database(path, [ONE])
    before = base.copy.read_bytes()
    damage(path, 4096, os.urandom(4096))
    assert refused(base.snapshot) == "damaged"
    assert base.copy.read_bytes() == before


@pytest.mark.parametrize("limit", [2_000, 6_000, 20_000])
def test_on_a_full_disk_reads_go_on_and_nothing_is_lost(path: Path, limit: int) -> None:
    base = Database(path, [ONE])
    put(base, "a")
    with no_room(limit):
        assert refused(lambda: put(base, *map(str, range(5_000)))) == "full"
        assert names(base) == names(Database(path, [ONE])) == ["a"]
    put(base, "b")
    assert names(base) == ["a", "b"]


def test_what_makes_room_may_use_the_reserve(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = Database(path, [ONE])
    reserve = path.with_name("kept.sqlite.reserve")
    assert reserve.stat().st_size == database.RESERVE
    seen: list[bool] = []

    def look(frees: bool) -> None:
        with base.writing(frees=frees):
            seen.append(reserve.exists())

    look(True)
    monkeypatch.setattr(Database, "_has_room", lambda self: False)
    look(True)
    look(False)
    assert seen == [True, False, True]


@pytest.mark.parametrize("end", ["", "-journal"])
def test_no_link_and_no_file_of_others_is_used(path: Path, end: str) -> None:
    base = Database(path, [ONE])
    target = path.with_name("target")
    target.write_bytes(b"")
    place = Path(f"{path}{end}")
    place.unlink(missing_ok=True)
    place.symlink_to(target)
    assert refused(lambda: put(base, "a")) == "refused"
    place.unlink()
    place.write_bytes(b"")
    place.chmod(0o644)
    assert refused(lambda: names(base)) == "refused"
    assert target.read_bytes() == b""


def test_a_folder_that_others_enter_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert refused(lambda: Database(tmp_path / "a.sqlite", [ONE])) == "refused"
