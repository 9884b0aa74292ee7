"""The registry of a folder: the contract, and what becomes of it when something goes wrong."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from octad.errors import OctadError, StoreError
from octad.host.kept_folder import LEFT_OVER, PART
from octad.registry.base import CANDIDATE, STABLE
from octad.registry.local import LocalRegistry
from tests.unit.host.hostile import nothing_left
from tests.unit.host.test_database import no_room
from tests.unit.registry.artefacts import AGENT, made
from tests.unit.registry.contract import Contract


@pytest.fixture
def registry(tmp_path: Path) -> LocalRegistry:
    return LocalRegistry(tmp_path / "held", actor="tester")


class TestLocal(Contract):
    """The contract, of the registry in a folder."""


def whole(registry: LocalRegistry) -> set[str]:
    """The names of the artefacts that lie in the folder."""
    return {entry.name for entry in (registry.folder / "artefacts").iterdir()}


def test_who_did_what_is_audited_before_it_is_done(registry: LocalRegistry, tmp_path: Path) -> None:
    digest = registry.put(made(tmp_path / "a")).digest
    registry.point(AGENT, STABLE, digest, actor="somebody")
    registry.unpoint(AGENT, STABLE, actor="somebody")
    registry.collect(keep=0)
    found = [(one.actor, one.action) for one in registry.audit.entries()]
    assert found == [
        ("tester", "remove"), ("somebody", "unpoint"), ("somebody", "promote"), ("tester", "put")
    ]  # fmt: skip
    registry.audit.path.unlink()
    registry.audit.path.mkdir()
    with pytest.raises(StoreError):
        registry.put(tmp_path / "a")
    assert not registry.versions(AGENT)


def test_nobody_else_can_read_what_is_kept(registry: LocalRegistry, tmp_path: Path) -> None:
    registry.put(made(tmp_path / "a"))
    for entry in registry.folder.rglob("*"):
        assert entry.stat().st_mode & 0o077 == 0, entry


def test_what_a_rollout_needs_is_kept(tmp_path: Path) -> None:
    needed: set[str] = set()
    registry = LocalRegistry(tmp_path / "held", needed=lambda: needed)
    digests = [registry.put(made(tmp_path / str(seed), seed=seed)).digest for seed in range(3)]
    needed.add(digests[0])
    assert registry.collect(keep=1, dry_run=True) == [digests[1]]
    assert len(registry.versions(AGENT)) == 3
    assert registry.collect(keep=1) == [digests[1]]


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a flipped bit": lambda folder: _flip(folder / "weights.safetensors"),
    "a manifest of others": lambda folder: (folder / "manifest.json").write_text("{}"),
    "a file gone": lambda folder: (folder / "core.onnx").unlink(),
    "cut off": lambda folder: os.truncate(folder / "core.onnx", 10),
    "a file more": lambda folder: (folder / "evil.bin").write_bytes(b""),
    "all gone": shutil.rmtree,
}


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_healed_by_putting_it_again(
    registry: LocalRegistry, tmp_path: Path, name: str
) -> None:
    version = registry.put(made(tmp_path / "a"))
    registry.put(made(tmp_path / "b", seed=1))
    DAMAGE[name](registry.folder / "artefacts" / version.digest)
    found = registry.verify()
    assert [one.subject for one in found] == [f"{AGENT} {version.digest}"]
    assert registry.verify(AGENT) and not registry.verify("another")
    assert registry.put(tmp_path / "a") == version
    assert not registry.verify()


def test_what_writers_that_died_left_is_told_and_cleared_away(
    registry: LocalRegistry, tmp_path: Path
) -> None:
    digest = registry.put(made(tmp_path / "a")).digest
    held = registry.folder / "artefacts"
    (held / f"{PART}old").mkdir()
    (held / f"{PART}old" / "core.onnx").write_bytes(b"half")
    os.utime(held / f"{PART}old", (0, 0))
    (held / f"{PART}new").mkdir()
    with closing(sqlite3.connect(registry.database.path)) as base, base:
        base.execute("DELETE FROM versions")  # as if who put it had died before
    assert len(registry.verify()) == 2
    registry.collect()
    assert whole(registry) == {digest, f"{PART}new"}
    assert [one.digest for one in registry.versions(AGENT)] == [digest]
    assert not registry.verify() and LEFT_OVER > 60


def test_an_alias_of_what_is_gone_and_an_entry_that_was_changed_are_told(
    registry: LocalRegistry, tmp_path: Path
) -> None:
    digest = registry.put(made(tmp_path / "a")).digest
    registry.point(AGENT, STABLE, digest, actor="me")
    with closing(sqlite3.connect(registry.database.path)) as base, base:
        base.execute("UPDATE aliases SET digest = ?", ("f" * 64,))
        base.execute("""UPDATE versions SET held = replace(held, '"auc": 0.5', '"auc": 0.9')""")
    assert [one.subject for one in registry.verify()] == [f"{AGENT} {STABLE}", f"{AGENT} {digest}"]
    with pytest.raises(StoreError):
        registry.get(AGENT, STABLE)


def test_an_entry_of_the_audit_log_that_was_changed_is_told(registry: LocalRegistry, tmp_path: Path) -> None:
    registry.put(made(tmp_path / "a"))
    registry.audit.path.write_bytes(registry.audit.path.read_bytes().replace(b"tester", b"nobody"))
    assert [one.subject for one in registry.verify()] == ["audit.jsonl"]


def test_a_damaged_index_is_read_from_its_copy_and_repaired(registry: LocalRegistry, tmp_path: Path) -> None:
    digests = [registry.put(made(tmp_path / str(seed), seed=seed)).digest for seed in range(2)]
    registry.point(AGENT, STABLE, digests[0], actor="me")
    registry.database.path.write_bytes(b"noise" * 5_000)
    again = LocalRegistry(registry.folder)
    assert [one.digest for one in again.versions(AGENT)] == digests[::-1]
    assert again.aliases(AGENT) == {STABLE: digests[0]}
    with pytest.raises(StoreError, match="--repair"):
        again.point(AGENT, STABLE, digests[1], actor="me")
    assert again.verify()[0].subject == "registry.sqlite"
    assert again.repair() is not None
    again.point(AGENT, STABLE, digests[1], actor="me")
    assert not LocalRegistry(registry.folder).verify()


def test_a_repair_takes_in_what_is_newer_than_the_copy(registry: LocalRegistry, tmp_path: Path) -> None:
    before = registry.database.copy.read_bytes()
    digest = registry.put(made(tmp_path / "a")).digest
    registry.database.copy.write_bytes(before)
    registry.database.path.write_bytes(b"noise")
    again = LocalRegistry(registry.folder)
    assert not again.versions(AGENT)
    again.repair()
    assert [one.digest for one in again.versions(AGENT)] == [digest]


@pytest.mark.parametrize("limit", [60, 200, 3_000])
def test_without_room_it_is_said_nothing_is_left_and_reads_go_on(
    registry: LocalRegistry, tmp_path: Path, limit: int
) -> None:
    digest = registry.put(made(tmp_path / "a")).digest
    folder, held = made(tmp_path / "b", seed=1), whole(registry)
    with nothing_left(), no_room(limit):
        with pytest.raises(StoreError) as caught:
            registry.put(folder)
        assert registry.get(AGENT, digest[:8])[1].digest == digest
    assert caught.value.kind == "full"
    assert [one.digest for one in registry.versions(AGENT)] == [digest]
    assert whole(registry) == held
    registry.put(folder)
    assert not registry.verify()


def test_threads_and_processes_put_promote_and_collect_at_once(
    registry: LocalRegistry, tmp_path: Path
) -> None:
    folders = [made(tmp_path / str(seed), seed=seed) for seed in range(12)]
    registry.put(folders[0])
    program = (
        "import sys; from pathlib import Path; from octad.registry.local import LocalRegistry\n"
        "one = LocalRegistry(Path(sys.argv[1]))\n"
        "for i in range(6): one.put(Path(sys.argv[2], str(i))); one.collect(keep=3)"
    )
    other = subprocess.Popen([sys.executable, "-c", program, str(registry.folder), str(tmp_path)])

    def work(folder: Path) -> None:
        digest = registry.put(folder).digest
        try:
            registry.point(AGENT, STABLE if folder.name < "5" else CANDIDATE, digest, actor="me")
        except OctadError as error:
            assert "version" in str(error)  # collected meanwhile

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, folders))
    assert other.wait() == 0
    known = {one.digest for one in registry.versions(AGENT)}
    assert known == {name for name in whole(registry) if not name.startswith(".")}
    assert set(registry.aliases(AGENT).values()) <= known
    assert not registry.verify()


def test_a_folder_that_others_enter_is_no_registry(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(StoreError):
        LocalRegistry(tmp_path)
