"""What a program and all that it started consume: processor time and memory, from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MARK = "OCTAD_LOAD_MARK"
"""A variable that tells what a server started from everything else, where a process has left its parent."""
TICK = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def _fields(pid: int) -> list[str]:
    """The fields of a process after its name, from its state on; none where it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return []


def _is_marked(pid: int, mark: str) -> bool:
    """Whether a process was started with a mark in its environment."""
    with suppress(OSError):
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False


def _every() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def tree(root: int, mark: str) -> dict[int, list[str]]:
    """The process `root`, what descends from it, and what bears its mark: their fields by their numbers."""
    held = {pid: fields for pid in _every() if (fields := _fields(pid))}
    found = {pid for pid in held if pid == root or _is_marked(pid, mark)}
    grown = True
    while grown:
        more = {pid for pid, fields in held.items() if int(fields[1]) in found} - found
        found |= more
        grown = bool(more)
    return {pid: held[pid] for pid in found}


def seconds(root: int, mark: str) -> float:
    """Processor seconds of a tree so far, with those of children that ended and were waited for."""
    return TICK * sum(sum(map(int, fields[11:15])) for fields in tree(root, mark).values())


def resident(root: int, mark: str) -> int:
    """Bytes of memory that a tree holds; what several processes share counts for each."""
    return PAGE * sum(int(fields[21]) for fields in tree(root, mark).values())


def busy() -> float:
    """Processor seconds of everything on this machine so far."""
    numbers = list(map(int, Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]))
    idle = numbers[3] + numbers[4]
    return TICK * (sum(numbers[:8]) - idle)
