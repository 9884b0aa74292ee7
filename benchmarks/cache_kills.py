"""Kill a process while it writes to the cache of outputs, again and again, and read what it left.

`python benchmarks/cache_kills.py --times 200` prints how often it was killed, how many entries were read
afterwards, how many of these were not what was written, and how often the database was damaged. What an entry
should be follows from its key. The exit status is 1 where anything was wrong. Needs fork.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from octad.store.output_cache import OutputCache, Outputs

KEYS = 400
LATEST = 0.06
"""Seconds after which the writer is killed at the latest: some 10 writes."""


class Found(NamedTuple):
    """What was seen over all kills."""

    kills: int
    read: int
    wrong: int
    damaged: int


def expected(number: int) -> Outputs:
    """What is kept under a key; from 4 KB to 60 KB, so that a write takes several pages."""
    rng = np.random.default_rng(number)
    return {"head": [rng.random((1 + number % 15, 1_000), np.float32)], "other": [rng.random(3, np.float32)]}


def write_for_ever(path: Path, seed: int) -> None:
    """Keep entries until somebody stops it."""
    rng = np.random.default_rng(seed)
    cache = OutputCache(path, largest=6_000_000)  # less than all: what is old is deleted, too
    while True:
        cache.keep({str(number): expected(int(number)) for number in rng.integers(0, KEYS, 5)})


def is_right(name: str, outputs: Outputs) -> bool:
    """Whether an entry is what was written under its key."""
    wanted = expected(int(name))
    return outputs.keys() == wanted.keys() and all(
        np.array_equal(outputs[head][0], arrays[0]) for head, arrays in wanted.items()
    )


def killed_while_writing(path: Path, seed: int) -> None:
    """Start a process that writes, and kill it at some moment."""
    child = os.fork()
    if child == 0:
        try:
            write_for_ever(path, seed)
        finally:
            os._exit(3)
    time.sleep(float(np.random.default_rng(seed).uniform(0, LATEST)))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file, its journal taken into account."""
    base = sqlite3.connect(path)
    try:
        return bool(base.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False
    finally:
        base.close()


def run(path: Path, times: int) -> Found:
    """Kill so many writers of one file."""
    read = wrong = damaged = 0
    names = [str(number) for number in range(KEYS)]
    for seed in range(times):
        killed_while_writing(path, seed)
        recalled = OutputCache(path).recall(names)
        read += len(recalled)
        wrong += sum(not is_right(name, outputs) for name, outputs in recalled.items())
        damaged += path.exists() and not is_sound(path)
    return Found(times, read, wrong, damaged)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200)
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder) / "outputs.sqlite", wanted.times)
    sys.stdout.write(json.dumps(found._asdict()) + "\n")
    return 1 if found.wrong or found.damaged or not found.read else 0


if __name__ == "__main__":
    raise SystemExit(main())
