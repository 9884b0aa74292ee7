"""Feed every reader what is nearly right, and say which of them do what they must not.

    python -m tests.fuzz --minutes 30 --seed 1 --reader logs --out FOLDER

Minutes are of processor time, of one process. A case is made of its reader, the seed and its number alone,
so that a run can be repeated. Crashes are exceptions that are no OctadError, warnings, more than five seconds
or 300 MB for a case, text that a terminal would obey or hide, and what ends the process; the smallest case
of each is a file in FOLDER.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.cases import Tried, case
from tests.fuzz.readers import READERS
from tests.fuzz.worker import FOUND, NOW, restored, save

STUCK = 900.0
"""Seconds without a new case after which the process is ended: it waits for something."""


def main() -> int:
    """Run, print the table, keep the cases; 1 where something crashed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="processor time, 1 by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--reader", action="append", default=[], help="beginning of a reader's name; all by default"
    )
    parser.add_argument("--out", type=Path, default=None, help="folder for the cases that crash")
    given = parser.parse_args()
    names = [name for name in READERS if not given.reader or name.startswith(tuple(given.reader))]
    if not names:
        parser.error(f"no reader begins so; there are {', '.join(READERS)}")
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_memory()) as folder:
        found = _run(Path(folder), names, given.seed, given.minutes * 60)
    print(table(found))
    _keep(found, given.out)
    return int(any(one.crashes for one in found.values()))


def _run(folder: Path, names: list[str], seed: int, seconds: float) -> dict[str, Tried]:
    """One process after the other until the time is up: a new one where a case ended the last."""
    found: dict[str, Tried] = {name: Tried() for name in names}
    while (left := seconds - sum(one.seconds for one in found.values())) > 1:
        command = [sys.executable, "-m", "tests.fuzz.worker", str(folder), str(seed), str(left), *names]
        with subprocess.Popen(command) as worker:
            code = _watched(worker, folder / NOW)
        raw = json.loads((folder / FOUND).read_text("utf-8")) if (folder / FOUND).exists() else {}
        found |= {name: restored(one) for name, one in raw.items()}
        if code == 0:
            break
        _note_end(folder, found, seed, code)
    return found


def _watched(worker: subprocess.Popen[bytes], now: Path) -> int:
    """The status of a process when it has ended, by itself or because nothing went on."""
    last, since = b"", time.monotonic()
    while worker.poll() is None:
        time.sleep(0.5)
        current = now.read_bytes() if now.exists() else b""
        if current != last:
            last, since = current, time.monotonic()
        elif time.monotonic() - since > STUCK:
            worker.kill()
    return worker.wait()


def _note_end(folder: Path, found: dict[str, Tried], seed: int, code: int) -> None:
    """Count the case that ended the process, and let the next one begin behind it."""
    name, number = json.loads((folder / NOW).read_text("utf-8"))
    key = f"process ended with {code}"
    found[name].crashes[key] += 1
    found[name].smallest.setdefault(key, (case(READERS[name], seed, number), ""))
    found[name].cases = number + 1
    save(folder / FOUND, found)


def table(found: dict[str, Tried]) -> str:
    """Cases, cases per second and crashes of each reader."""
    rows = [
        (
            name,
            f"{one.cases:,}",
            f"{one.cases / max(one.seconds, 1e-9):,.0f}",
            str(sum(one.crashes.values())),
            str(len(one.crashes)),
        )
        for name, one in found.items()
    ]
    cases, seconds = sum(one.cases for one in found.values()), sum(one.seconds for one in found.values())
    crashes = sum(sum(one.crashes.values()) for one in found.values())
    kinds = sum(len(one.crashes) for one in found.values())
    rows.append(("all", f"{cases:,}", f"{cases / max(seconds, 1e-9):,.0f}", str(crashes), str(kinds)))
    head = ("reader", "cases", "cases/s", "crashes", "kinds")
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ("---", *["---:"] * 4), *rows))


def _keep(found: dict[str, Tried], out: Path | None) -> None:
    """Say what crashed, and write the cases down."""
    for name, one in found.items():
        for key, (data, said) in one.smallest.items():
            print(f"\n{name}: {key}, {one.crashes[key]} times\n{data[:300]!r}\n{said}")
            if out is not None:
                out.mkdir(parents=True, exist_ok=True)
                out.joinpath(hashlib.sha256(f"{name} {key}".encode()).hexdigest()[:12]).write_bytes(data)


def _memory() -> str | None:
    """A folder in memory, where there is one: a case is a file of its own."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


if __name__ == "__main__":
    sys.exit(main())
