"""The process that tries cases: `python -m tests.fuzz.worker FOLDER SEED CPU_SECONDS READER…`.

Before each case it writes down which it is, and after every few what it found, so that nothing is lost where
a reader takes the process with it. Time is shared: the reader that had the least is next.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.cases import Tried, add, case
from tests.fuzz.guard import bounded
from tests.fuzz.readers import READERS

NOW = "now"
"""The file that says which case is tried: the reader's number and the case's."""
FOUND = "found.json"
BATCH_SECONDS, SAVE_SECONDS = 0.3, 5.0
MOST_SECONDS = 60
"""Processor time after which the system ends a process that is still at the same few cases."""


def main(arguments: Sequence[str]) -> None:
    """Try cases until the time is up."""
    folder, seed, seconds, *names = arguments
    work = Path(folder, "work")
    work.mkdir(exist_ok=True)
    begun = json.loads(Path(folder, FOUND).read_text("utf-8")) if Path(folder, FOUND).exists() else {}
    tried = {name: restored(begun.get(name, {})) for name in names}
    ends, saved = time.process_time() + float(seconds), time.monotonic()
    with open(Path(folder, NOW), "wb", buffering=0) as now, bounded():
        os.chdir(work)
        while time.process_time() < ends:
            name = min(names, key=lambda one: tried[one].seconds)
            _batch(name, tried[name], int(seed), now.fileno())
            if time.monotonic() - saved > SAVE_SECONDS:
                save(Path(folder, FOUND), tried)
                saved = time.monotonic()
    save(Path(folder, FOUND), tried)


def _batch(name: str, found: Tried, seed: int, now: int) -> None:
    """Cases of one reader for a short while; what loops outside Python then ends the process."""
    most = int(time.process_time()) + MOST_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    reader, begin = READERS[name], time.process_time()
    while (spent := time.process_time() - begin) < BATCH_SECONDS:
        os.pwrite(now, json.dumps([name, found.cases]).ljust(80).encode(), 0)
        add(found, reader, case(reader, seed, found.cases))
    found.seconds += spent


def save(path: Path, tried: dict[str, Tried]) -> None:
    """Write what was found, whole or not at all."""
    made = {
        name: {
            "cases": one.cases,
            "seconds": one.seconds,
            "crashes": dict(one.crashes),
            "smallest": {key: [data.hex(), said] for key, (data, said) in one.smallest.items()},
        }
        for name, one in tried.items()
    }
    part = path.with_suffix(".part")
    part.write_text(json.dumps(made), "utf-8")
    part.replace(path)


def restored(raw: dict[str, object]) -> Tried:
    """What `save` wrote of one reader."""
    found = Tried()
    if raw:
        found.cases, found.seconds = raw["cases"], raw["seconds"]
        found.crashes.update(raw["crashes"])
        found.smallest = {key: (bytes.fromhex(data), said) for key, (data, said) in raw["smallest"].items()}
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
