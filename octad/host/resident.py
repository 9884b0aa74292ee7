"""The memory that a program and all that it started hold together, as Linux counts it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from octad.errors import UnreadableInput
from octad.host.files import listed

MOST = 1_000
"""Processes that are looked at."""


def resident(pid: int) -> int:
    """Bytes of their own that a process and its descendants hold; 0 where the system does not tell."""
    return sum(map(_own, islice(_family(pid), MOST)))


def _family(pid: int) -> Iterator[int]:
    """A process and its descendants, parents first."""
    waiting = [pid]
    while waiting:
        parent = waiting.pop(0)
        yield parent
        try:
            threads = listed(f"/proc/{parent}/task")
        except UnreadableInput:
            continue
        for thread in threads:
            waiting += map(int, _words(f"{thread.path}/children"))


def _own(pid: int) -> int:
    """Bytes in memory that a process shares with no file."""
    words = _words(f"/proc/{pid}/statm")
    return (int(words[1]) - int(words[2])) * os.sysconf("SC_PAGE_SIZE") if len(words) > 2 else 0


def _words(path: str) -> list[str]:
    """The words of a file of the system, none where it is gone."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read(1 << 16).split()
    except OSError:
        return []
