"""Whatever was acknowledged stands in the log, and what was changed in it is seen."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from octad.audit import HIDDEN, AuditLog
from octad.errors import StoreError
from tests.unit.host.hostile import nothing_left
from tests.unit.host.test_database import no_room


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    """A log of five entries."""
    made = AuditLog(tmp_path / "audit.jsonl")
    for i in range(5):
        made.record("somebody", "promote", f"version {i}", reason="it is better\n\x1b[0m")
    return made


def test_entries_are_given_as_they_were_recorded(log: AuditLog) -> None:
    last = log.record("me", "abort", "é", why="x")
    assert log.entries(2)[0] == last
    assert [one.subject for one in log.entries(2)] == ["é", "version 4"]
    assert log.verify() is None and log.verify(last.digest) is None
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.read_bytes().isascii() and b"\x1b" not in log.path.read_bytes()


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "none")
    assert (log.entries(), log.verify()) == ([], None)


def test_secrets_and_endless_texts_are_not_written(log: AuditLog) -> None:
    entry = log.record("me", "add", "x", api_key="1", Token="2", note="n" * 5_000)
    assert entry.details["api_key"] == entry.details["Token"] == HIDDEN
    assert len(entry.details["note"]) == 1_000


def changed(lines: list[bytes]) -> list[bytes]:
    held = json.loads(lines[2])
    held["actor"] = "nobody"
    return [*lines[:2], json.dumps(held).encode(), *lines[3:]]


ATTACKS: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int | None]] = {
    "as it was": (lambda lines: lines, None),
    "changed": (changed, 3),
    "removed": (lambda lines: [lines[0], *lines[2:]], 2),
    "the first removed": (lambda lines: lines[1:], 1),
    "exchanged": (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
    "twice": (lambda lines: [*lines[:3], lines[2], *lines[3:]], 4),
    "no JSON": (lambda lines: [*lines[:3], b"{", *lines[4:]], 4),
    "too deep": (lambda lines: [*lines[:3], b"[" * 50_000, *lines[4:]], 4),
    "written otherwise": (lambda lines: [*lines[:4], lines[4].replace(b",", b", ")], 5),
    "torn": (lambda lines: [*lines[:4], lines[4][:-9]], 5),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_changed_is_seen(log: AuditLog, attack: str) -> None:
    change, expected = ATTACKS[attack]
    lines = log.path.read_bytes().splitlines()
    log.path.write_bytes(b"\n".join(change(lines)) + (b"\n" if attack != "torn" else b""))
    assert log.verify() == expected


def test_an_end_that_was_cut_off_is_seen_by_who_knew_it(log: AuditLog) -> None:
    last = log.entries(1)[0].digest
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-1]))
    assert (log.verify(), log.verify(last)) == (None, 5)


def test_what_is_left_of_a_line_whose_writer_died_is_cut_off(log: AuditLog) -> None:
    with log.path.open("ab") as file:
        file.write(b'{"actor":"some')
    log.record("me", "go", "on")
    assert log.verify() is None
    assert len(log.entries()) == 6


def test_a_break_in_the_chain_stays_one(log: AuditLog) -> None:
    with log.path.open("ab") as file:
        file.write(b"nonsense\n")
    log.record("me", "go", "on")
    assert log.verify() == 6


def test_threads_and_processes_write_at_once(log: AuditLog) -> None:
    program = (
        "import sys; from pathlib import Path; from octad.audit import AuditLog\n"
        "for i in range(25): AuditLog(Path(sys.argv[1])).record('p', 'a', str(i))"
    )
    others = [subprocess.Popen([sys.executable, "-c", program, str(log.path)]) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: log.record("t", "a", str(i)), range(50)))
    assert [one.wait() for one in others] == [0, 0]
    assert (log.verify(), len(log.entries(1_000))) == (None, 105)


def test_on_a_full_disk_it_is_said_and_no_line_is_torn(log: AuditLog) -> None:
    size = log.path.stat().st_size
    with nothing_left(), no_room(size + 10), pytest.raises(StoreError) as caught:
        log.record("me", "a", "b")
    assert caught.value.kind == "full"
    assert (log.path.stat().st_size, log.verify()) == (size, None)
    log.record("me", "a", "b")
    assert log.verify() is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"")
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "target")
    with pytest.raises(StoreError):
        AuditLog(tmp_path / "audit.jsonl").record("a", "b", "c")
    assert (tmp_path / "target").read_bytes() == b""
