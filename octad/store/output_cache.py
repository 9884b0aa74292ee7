"""What a model gave for cases and texts it has seen before: a second look computes only what changed.

Outputs are kept under a digest of everything the model reads and of its weights, so that what is recalled is
what would be computed. One SQLite file in the user's cache folder; no error of it ever fails a run.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from octad.store.folders import cache_folder

Array = NDArray[Any]
Outputs = dict[str, list[Array]]
FORMAT = 2
"""Part of every key: what is laid out otherwise is not recalled."""
LARGEST = 1_000_000_000
"""Bytes that are kept; what was used longest ago goes first."""
WAIT = 2.0
"""Seconds to wait for another process."""
_MANY = 500


def key(weights: str, content: str) -> str:
    """The key of a case: a digest of what the model reads of it, and of the model."""
    return hashlib.sha256(f"{FORMAT} {weights} {content}".encode()).hexdigest()


class OutputCache:
    """Outputs by key, in one file, made anew where it is no database; without effect where it cannot be."""

    def __init__(self, path: Path | None = None, largest: int = LARGEST) -> None:
        self.path = path or cache_folder() / "outputs.sqlite"
        self.largest = largest

    def recall(self, keys: Sequence[str]) -> dict[str, Outputs]:
        """The outputs that are known, by key."""
        found: dict[str, Outputs] = {}
        with suppress(sqlite3.Error, OSError), self._open() as base:
            for start in range(0, len(keys), _MANY):
                part = list(keys[start : start + _MANY])
                marks = ",".join("?" * len(part))
                for name, blob in base.execute(f"SELECT key, outputs FROM kept WHERE key IN ({marks})", part):
                    with suppress(ValueError, zlib.error):
                        found[name] = unpacked(blob)
                base.execute(f"UPDATE kept SET used = ? WHERE key IN ({marks})", [time.time(), *part])
        return found

    def keep(self, outputs: Mapping[str, Outputs]) -> None:
        """Remember outputs by key; forget what was used longest ago where it gets too much."""
        now = time.time()
        rows = [(name, packed(one), now) for name, one in outputs.items()]
        with suppress(sqlite3.Error, OSError):
            try:
                self._write(rows)
            except sqlite3.DatabaseError as error:
                if type(error) is not sqlite3.DatabaseError:  # locked, or the disk is full
                    raise
                self.path.unlink()  # it is no database, or a damaged one
                self._write(rows)

    def _write(self, rows: Sequence[tuple[str, bytes, float]]) -> None:
        with self._open() as base:
            base.executemany("INSERT OR REPLACE INTO kept (key, outputs, used) VALUES (?, ?, ?)", rows)
            held = base.execute("SELECT key, length(outputs) FROM kept ORDER BY used DESC").fetchall()
            sizes = np.cumsum([size for _, size in held])
            old = [(name,) for (name, _), size in zip(held, sizes, strict=True) if size > self.largest]
            base.executemany("DELETE FROM kept WHERE key = ?", old)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(self.path, timeout=WAIT)
        try:
            with base:
                base.execute(
                    "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, outputs BLOB, used REAL)"
                )
                yield base
        finally:
            base.close()


def packed(outputs: Outputs) -> bytes:
    """Outputs as bytes: the arrays of every head by their places."""
    places = ((f"{head}.{i}", array) for head, held in outputs.items() for i, array in enumerate(held))
    return zlib.compress(save({name: np.ascontiguousarray(array) for name, array in places}), 1)


def unpacked(blob: bytes) -> Outputs:
    """What `packed` made; raises ValueError or zlib.error for anything else."""
    found: dict[str, dict[int, Array]] = {}
    try:
        arrays = load(zlib.decompress(blob))
    except SafetensorError as error:
        raise ValueError(f"no outputs: {error}") from error
    for name, array in arrays.items():
        head, _, place = name.rpartition(".")
        found.setdefault(head, {})[int(place)] = array
    if any(held.keys() != set(range(len(held))) for held in found.values()):
        raise ValueError("no outputs: an array is missing")
    return {head: [held[i] for i in range(len(held))] for head, held in found.items()}
