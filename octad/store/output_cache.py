"""What a model gave for cases and texts it has seen before: a second look computes only what changed.

Outputs are kept under a digest of everything the model reads and of its weights, so that what is recalled is
what would be computed. One SQLite file in a folder of the user's that nobody else can enter. Whatever is odd
about the file costs the file, whatever is odd about an entry the entry: it is computed anew. No error of
either ever fails a run.

An entry carries a digest of itself and its key: bytes that turned, or entries that changed places, are seen.
The digest has no secret in it. Who can write into the folder could read a secret beside it, and one kept
elsewhere would forget every cache that is carried from one machine to the next, as in CI.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from octad.host.private import why_not_private
from octad.host.whole_file import PRIVATE, create, remove
from octad.store.folders import cache_folder
from octad.store.tensors import header_size

Array = NDArray[Any]
Outputs = dict[str, list[Array]]
Fits = Callable[[str, Outputs], bool]
Result = TypeVar("Result")
FORMAT = 3
"""Part of every key: what is laid out otherwise is not recalled."""
LARGEST = 1_000_000_000
"""Bytes that are kept; what was used longest ago goes first."""
LARGEST_ENTRY = 1 << 26
"""Bytes of one entry, as it is kept and as it is unpacked: outputs of some 40,000 items."""
WAIT = 2.0
"""Seconds to wait for another process."""
LONGEST = 30.0
"""Seconds that the file may take for one question; a sound one takes milliseconds."""
SCHEMA = "CREATE TABLE kept (key TEXT PRIMARY KEY, outputs BLOB, used REAL)"
_OBJECTS = [("index", "sqlite_autoindex_kept_1", "kept", None), ("table", "kept", "kept", SCHEMA)]
_ORDERS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "BEGIN IMMEDIATE",
)
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM)
"""What is wrong with the moment, not with the file."""
_MANY = 500
_DIGEST = 16


def key(weights: str, content: str) -> str:
    """The key of a case: a digest of what the model reads of it, and of the model."""
    return hashlib.sha256(f"{FORMAT} {weights} {content}".encode()).hexdigest()


class OutputCache:
    """Outputs by key, in one file, made anew where it is not sound; without effect where it cannot be.

    `problem` says why it is without effect, "" where it is of use.
    """

    def __init__(self, path: Path | None = None, largest: int = LARGEST) -> None:
        self.path = path or cache_folder() / "outputs" / "outputs.sqlite"
        self.largest = largest
        self.problem = why_not_private(self.path.parent)

    def recall(self, keys: Sequence[str], fits: Fits = lambda name, outputs: True) -> dict[str, Outputs]:
        """The outputs that are known and fit, by key."""
        found: dict[str, Outputs] = {}
        for start in range(0, len(keys), _MANY):
            part = list(keys[start : start + _MANY])
            for name, blob in self._tried(partial(_selected, keys=part), list[tuple[str, bytes]]()):
                with suppress(ValueError):
                    outputs = unpacked(name, blob)
                    if fits(name, outputs):
                        found[name] = outputs
        return found

    def keep(self, outputs: Mapping[str, Outputs]) -> None:
        """Remember outputs by key; forget what was used longest ago where it gets too much."""
        now = time.time()
        packets = ((name, packed(name, one)) for name, one in outputs.items())
        rows = [(name, packet, now) for name, packet in packets if len(packet) <= LARGEST_ENTRY]

        def write(base: sqlite3.Connection) -> None:
            base.executemany("INSERT OR REPLACE INTO kept (key, outputs, used) VALUES (?, ?, ?)", rows)
            _forget(base, self.largest)

        self._tried(write, None)

    def _tried(self, action: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        """What an action gives; a file that is not sound is made anew, once."""
        if self.problem:
            return otherwise
        for _ in range(2):
            try:
                with self._open() as base:
                    return action(base)
            except sqlite3.Error as error:
                if _is_passing(error):
                    return otherwise
            except _Unsound:
                pass
            except OSError:
                return otherwise
            with suppress(OSError):
                self._remove()
        return otherwise

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database in a transaction, with exactly the one table that it should have."""
        self._check_files()
        base = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
        try:
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LARGEST_ENTRY)
            end = time.monotonic() + LONGEST
            base.set_progress_handler(lambda: time.monotonic() > end, 1_000_000)
            for order in _ORDERS:
                base.execute(order)
            objects = base.execute("SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 3").fetchall()
            if not objects:
                base.execute(SCHEMA)
            elif sorted(objects, key=repr) != _OBJECTS:
                raise _Unsound
            yield base
            base.execute("COMMIT")
        finally:
            base.close()  # and what was not committed never was

    def _check_files(self) -> None:
        """Make the file where there is none; raise _Unsound unless it is a plain one, and those beside it."""
        with suppress(FileExistsError):
            create(self.path)
        for path in self._files():
            with suppress(FileNotFoundError):
                held = os.lstat(path)
                private = not hasattr(os, "geteuid") or held.st_mode & 0o777 == PRIVATE
                plain = stat.S_ISREG(held.st_mode) and held.st_nlink == 1 and private
                if not plain or held.st_size > self.largest + LARGEST:
                    raise _Unsound

    def _files(self) -> list[Path]:
        return [Path(f"{self.path}{end}") for end in ("", "-journal", "-wal", "-shm")]

    def _remove(self) -> None:
        """Remove whatever is in the place of the database."""
        for path in self._files():
            remove(path)


class _Unsound(Exception):
    """The file is not what was written."""


def _is_passing(error: sqlite3.Error) -> bool:
    """Whether an error is of the moment: another process, a full disk, one that cannot be written."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    broken = code == sqlite3.SQLITE_IOERR_SHORT_READ
    return code & 0xFF in _PASSING or (code & 0xFF == sqlite3.SQLITE_IOERR and not broken)


def _selected(base: sqlite3.Connection, *, keys: Sequence[str]) -> list[tuple[str, bytes]]:
    """Keys and entries as they are kept; they count as used."""
    marks = ",".join("?" * len(keys))
    where = f"key IN ({marks}) AND typeof(outputs) = 'blob' AND length(outputs) <= {LARGEST_ENTRY}"
    found = base.execute(f"SELECT key, outputs FROM kept WHERE {where}", keys).fetchall()
    base.execute(f"UPDATE kept SET used = ? WHERE key IN ({marks})", [time.time(), *keys])
    return found


def _forget(base: sqlite3.Connection, largest: int) -> None:
    """Delete what was used longest ago where the entries take more than `largest` bytes."""
    pages, free, size = (
        base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    if (pages - free) * size <= largest:
        return
    held = base.execute("SELECT rowid, length(outputs) FROM kept ORDER BY used DESC").fetchall()
    sizes = np.cumsum([size or 0 for _, size in held])
    old = [(row,) for (row, _), size in zip(held, sizes, strict=True) if size > largest]
    base.executemany("DELETE FROM kept WHERE rowid = ?", old)


def packed(name: str, outputs: Outputs) -> bytes:
    """Outputs as bytes: a digest, then the arrays of every head by their places."""
    places = ((f"{head}.{i}", array) for head, held in outputs.items() for i, array in enumerate(held))
    data = zlib.compress(save({place: np.ascontiguousarray(array) for place, array in places}), 1)
    return _digest(name, data) + data


def unpacked(name: str, packet: bytes) -> Outputs:
    """What `packed` made; raises ValueError for anything else, or what is packed too densely."""
    data = packet[_DIGEST:]
    if packet[:_DIGEST] != _digest(name, data):
        raise ValueError("the entry is damaged")
    found: dict[str, dict[int, Array]] = {}
    try:
        reader = zlib.decompressobj()
        raw = reader.decompress(data, LARGEST_ENTRY)
        if not reader.eof or reader.unused_data:
            raise ValueError("the entry is cut off, or too large")
        header_size(raw[:8], len(raw), "the entry")
        for place, array in load(raw).items():
            head, _, number = place.rpartition(".")
            found.setdefault(head, {})[int(number)] = array
        return {head: [held[i] for i in range(len(held))] for head, held in found.items()}
    except (SafetensorError, zlib.error, LookupError, TypeError, RecursionError) as error:
        raise ValueError(f"no outputs: {error}") from error


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "replace") + b"\0" + data, digest_size=_DIGEST).digest()
