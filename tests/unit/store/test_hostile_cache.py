"""Caches made to mislead, to last or to crash: what is odd is computed anew, and the cache serves again."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from octad.store import output_cache
from octad.store.output_cache import SCHEMA, OutputCache, Outputs, packed
from tests.unit.store.test_output_cache import outputs, same

ROOT = Path(__file__).resolve().parents[3]
Attack = Callable[[Path], object]
GOOD = outputs(1)
INSERT = "INSERT OR REPLACE INTO kept (key, outputs, used) VALUES (?, ?, ?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "outputs.sqlite"


@pytest.fixture
def cache(path: Path) -> OutputCache:
    """A cache that holds one entry, with which every attack begins."""
    made = OutputCache(path)
    made.keep({"a": GOOD})
    assert same(made.recall(["a"])["a"], GOOD)
    return made


def database(*orders: str) -> Attack:
    """Another database in the place."""

    def attack(path: Path) -> None:
        path.unlink()
        base = sqlite3.connect(path)
        for order in orders:
            base.execute(order)
        base.commit()
        base.close()

    return attack


def entry(value: object) -> Attack:
    """Something else as the entry `a`."""

    def attack(path: Path) -> None:
        base = sqlite3.connect(path)
        base.execute(INSERT, ["a", value, 0.0])
        base.commit()
        base.close()

    return attack


def sealed(raw: bytes) -> bytes:
    """Bytes as an entry whose digest fits."""
    data = zlib.compress(raw, 1)
    return hashlib.blake2b(b"a\0" + data, digest_size=16).digest() + data


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(1)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    data = b"".join([*parts, packer.flush()])
    return hashlib.blake2b(b"a\0" + data, digest_size=16).digest() + data


def turned(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def instead(make: Callable[[Path], object]) -> Attack:
    def attack(path: Path) -> None:
        path.unlink()
        make(path)

    return attack


def hard_link(path: Path) -> None:
    other = path.parent / "other"
    other.write_bytes(b"x" * 10)
    os.link(other, path)


PLACES = {"head.0": np.zeros(2, np.float32)}
FILES: dict[str, Attack] = {
    "5,000 random bytes": lambda p: p.write_bytes(np.random.default_rng(0).bytes(5000)),
    "nothing": lambda p: p.write_bytes(b""),
    "zeros": lambda p: p.write_bytes(bytes(8192)),
    "a header alone": lambda p: os.truncate(p, 100),
    "half of it": lambda p: os.truncate(p, p.stat().st_size // 2),
    "a page of rubbish": lambda p: p.write_bytes(p.read_bytes()[:4096] + b"\xa5" * (p.stat().st_size - 4096)),
    "a file of 3 GB": lambda p: os.truncate(p, 3 << 30),
    "a folder": instead(Path.mkdir),
    "a folder with files": instead(lambda p: (p.mkdir(), (p / "x").write_text("x"))),
    "a pipe": instead(os.mkfifo),
    "a link to nothing": instead(lambda p: p.symlink_to(p.parent.parent / "target")),
    "a link to a file": instead(lambda p: p.symlink_to(ROOT / "pyproject.toml")),
    "a link to a device": instead(lambda p: p.symlink_to("/dev/zero")),
    "a second name of a file": instead(hard_link),
    "a trigger": database(SCHEMA, "CREATE TRIGGER t AFTER UPDATE ON kept BEGIN DELETE FROM kept; END"),
    "a view": database("CREATE VIEW kept AS SELECT 'a' AS key, x'00' AS outputs, 0.0 AS used"),
    "a view more": database(SCHEMA, "CREATE VIEW v AS SELECT 1"),
    "a generated column": database(
        "CREATE TABLE kept (key TEXT PRIMARY KEY, outputs BLOB AS (x'00'), used REAL)"
    ),
    "a default that computes": database(
        "CREATE TABLE kept (key TEXT PRIMARY KEY, outputs BLOB, used REAL DEFAULT (random()))"
    ),
    "a check": database("CREATE TABLE kept (key TEXT PRIMARY KEY, outputs BLOB CHECK (0), used REAL)"),
    "a table more": database(SCHEMA, "CREATE TABLE more (x)"),
    "an index on an expression": database(SCHEMA, "CREATE INDEX i ON kept (abs(used))"),
    "no table of the name": database("CREATE TABLE other (x)"),
    "columns that lack": database("CREATE TABLE kept (key TEXT PRIMARY KEY)"),
    "another schema in UTF-16": database(
        "PRAGMA encoding = 'UTF-16'", "CREATE TABLE kept (key, outputs, used)"
    ),
    "a rubbish journal": lambda p: Path(f"{p}-journal").write_bytes(
        b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" * 200
    ),
    "a journal elsewhere": lambda p: Path(f"{p}-journal").symlink_to(ROOT / "pyproject.toml"),
    "a log of writes that is a folder": lambda p: Path(f"{p}-wal").mkdir(),
    "a file that cannot be written": lambda p: p.chmod(0o400),
    "a number for an entry": entry(5),
    "no entry": entry(None),
    "a text for an entry": entry("text"),
    "rubbish for an entry": entry(b"junk"),
    "an empty entry": entry(b""),
    "an entry of another key": entry(packed("b", GOOD)),
    "an entry with a bit turned": entry(turned(packed("a", GOOD), 60)),
    "an entry cut off": entry(packed("a", GOOD)[:-5]),
    "an entry and more": entry(packed("a", GOOD) + b"more"),
    "sealed rubbish": entry(sealed(b"no safetensors")),
    "a sealed header of 50 MB": entry(sealed((50 << 20).to_bytes(8, "little") + b" " * (50 << 20))),
    "a header without end": entry(sealed((1 << 62).to_bytes(8, "little") + b"{}")),
    "a bomb of 2 GB": entry(bomb(2 << 30)),
    "places with a gap": entry(sealed(save(PLACES | {"head.2": np.zeros(1)}))),
    "a place below zero": entry(sealed(save({"head.-1": np.zeros(1)}))),
    "a place that is no number": entry(sealed(save({"head.x": np.zeros(1)}))),
    "a place of 5,000 digits": entry(sealed(save({f"head.{'9' * 5000}": np.zeros(1)}))),
    "no place": entry(sealed(save({"head": np.zeros(1)}))),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_computed_anew_and_kept_again(name: str, path: Path, cache: OutputCache) -> None:
    outside = (ROOT / "pyproject.toml").read_bytes()
    FILES[name](path)
    found = OutputCache(path).recall(["a"])
    assert not found or same(found["a"], GOOD)
    OutputCache(path).keep({"a": GOOD, "b": outputs(2)})
    for _ in range(2):
        again = OutputCache(path).recall(["a", "b"])
        assert same(again["a"], GOOD) and same(again["b"], outputs(2)), "the cache serves again"
    assert path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o777 == 0o600
    assert (ROOT / "pyproject.toml").read_bytes() == outside
    assert not (path.parent.parent / "target").exists(), "nothing is written through a link"
    other = path.parent / "other"
    assert not other.exists() or other.read_bytes() == b"x" * 10


def test_a_bomb_takes_no_more_than_an_entry_may(path: Path, cache: OutputCache) -> None:
    """In a process that may have 1 GB; the bomb has 2."""
    FILES["a bomb of 2 GB"](path)
    code = (
        "import resource, sys; from pathlib import Path; from octad.store.output_cache import OutputCache;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "assert OutputCache(Path(sys.argv[1])).recall(['a']) == {};"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    assert int(python(code, path)) < 400_000, "kilobytes"


def python(code: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777, 0o711])
def test_a_folder_that_others_can_enter_is_not_used_and_named(path: Path, mode: int) -> None:
    path.parent.mkdir(mode=0o700)
    path.parent.chmod(mode)
    cache = OutputCache(path)
    assert "is open to others" in cache.problem and str(path.parent) in cache.problem
    cache.keep({"a": GOOD})
    assert cache.recall(["a"]) == {} and not path.exists()


def test_a_folder_of_somebody_else_is_not_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 4242)
    assert "is open to others" in OutputCache(path).problem


def test_a_link_for_a_folder_is_not_used(path: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    path.parent.symlink_to(tmp_path / "real")
    cache = OutputCache(path)
    cache.keep({"a": GOOD})
    assert "is a link" in cache.problem and list((tmp_path / "real").iterdir()) == []


def test_a_file_for_a_folder_is_not_used(path: Path) -> None:
    path.parent.write_text("x")
    assert "cannot be used" in OutputCache(path).problem


def test_folder_and_file_are_made_for_the_user_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        OutputCache(path).keep({"a": GOOD})
    finally:
        os.umask(before)
    assert path.parent.stat().st_mode & 0o777 == 0o700 and path.stat().st_mode & 0o777 == 0o600


def test_what_does_not_fit_is_not_recalled(cache: OutputCache) -> None:
    assert cache.recall(["a"], lambda name, found: False) == {}
    assert cache.recall(["a"], lambda name, found: name == "a" and same(found, GOOD)).keys() == {"a"}


def test_an_entry_that_is_too_large_is_not_kept(cache: OutputCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_cache, "LARGEST_ENTRY", 1000)
    cache.keep({"b": outputs(2, 5_000), "c": outputs(3)})
    assert cache.recall(["b", "c"]).keys() == {"c"}


def test_the_file_stays_within_bounds(path: Path) -> None:
    cache = OutputCache(path, largest=300_000)
    for seed in range(40):
        cache.keep({str(seed): outputs(seed, 5_000)})
    assert path.stat().st_size < 450_000
    assert "39" in cache.recall(["39", "0"]) and "0" not in cache.recall(["0"])


@pytest.mark.parametrize(
    ("check", "attack"),
    [
        ("_digest", "an entry of another key"),
        ("OutputCache._check_files", "a link to nothing"),
        ("OutputCache._check_files", "a second name of a file"),
        ("OutputCache._remove", "5,000 random bytes"),
        ("_OBJECTS", "a trigger"),
    ],
)
def test_without_its_check_an_attack_succeeds(
    check: str, attack: str, path: Path, cache: OutputCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative controls: the test above sees a cache that does not defend itself."""
    if check == "_OBJECTS":
        base = sqlite3.connect(":memory:")
        for order in (SCHEMA, "CREATE TRIGGER t AFTER UPDATE ON kept BEGIN DELETE FROM kept; END"):
            base.execute(order)
        held = base.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        monkeypatch.setattr(output_cache, "_OBJECTS", sorted(held, key=repr))
    else:
        monkeypatch.setattr(f"octad.store.output_cache.{check}", lambda *given: b"")
    wrong = {"_digest": lambda p: entry(packed("b", outputs(7)))(p)}.get(check, FILES[attack])
    monkeypatch.setitem(FILES, attack, wrong)
    with pytest.raises((AssertionError, KeyError)):
        test_it_is_computed_anew_and_kept_again(attack, path, cache)


WRITER = """
import sys
from pathlib import Path
from benchmarks.cache_kills import expected, is_right
from octad.store.output_cache import OutputCache
path, first, wrong = Path(sys.argv[1]), int(sys.argv[2]), 0
for number in range(first, first + 60, 3):
    cache = OutputCache(path)
    cache.keep({str(one): expected(one) for one in range(number, number + 3)})
    found = cache.recall([str(one) for one in range(120)])
    wrong += sum(not is_right(name, outputs) for name, outputs in found.items())
print(wrong)
"""


def test_two_processes_at_once_lose_and_mix_nothing(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, first], cwd=ROOT, stdout=subprocess.PIPE)
        for first in ("0", "60")
    ]
    assert [process.communicate()[0].strip() for process in started] == [b"0", b"0"]
    found = OutputCache(path).recall([str(number) for number in range(120)])
    assert len(found) >= 60, "who waited too long for the other kept less"


def test_a_process_that_is_killed_while_it_writes_leaves_no_wrong_entry() -> None:
    """Twenty times here; `benchmarks/cache_kills.py` does it two hundred times."""
    code = "import sys; from benchmarks.cache_kills import main; sys.exit(main(['--times', '20']))"
    found = json.loads(python(code))
    assert (found["kills"], found["wrong"], found["damaged"]) == (20, 0, 0) and found["read"] > 0


FULL = """
import resource, sys
from pathlib import Path
from benchmarks.cache_kills import expected, is_right
from octad.store.output_cache import OutputCache
cache = OutputCache(Path(sys.argv[1]))
cache.keep({"1": expected(1)})
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
cache.keep({str(number): expected(number) for number in range(2, 60)})
found = cache.recall(["1", "2", "59"])
assert set(found) == {"1"}, set(found)
print(is_right("1", found["1"]))
"""


def test_a_full_disk_costs_what_could_not_be_written_alone(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    assert python(FULL, path).strip() == "True"
    assert OutputCache(path).recall(["1"]).keys() == {"1"}


def test_an_odd_head_of_outputs_is_kept_as_it_is(cache: OutputCache) -> None:
    odd: Outputs = {"a.b": [np.zeros(0, np.float32)], "é": [np.ones((1, 2), np.float32)]}
    cache.keep({"odd": odd})
    assert same(cache.recall(["odd"])["odd"], odd)
