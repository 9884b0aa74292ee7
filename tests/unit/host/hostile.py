"""What a test needs to try what may never end: an alarm, and a look at what was left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")


class Hangs(AssertionError):
    """It did not end."""


def ended(action: Callable[[], Result], seconds: float = 20.0) -> Result:
    """What an action gives; raises Hangs where it gives nothing."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return action()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def nothing_left() -> Iterator[None]:
    """Descriptors are as they were, and no child of ours is left."""
    before = os.listdir("/proc/self/fd")
    yield
    assert len(os.listdir("/proc/self/fd")) == len(before)
    try:
        assert os.waitpid(-1, os.WNOHANG) == (0, 0), "a child was not waited for"
    except ChildProcessError:
        return


def children(mark: str) -> list[str]:
    """Processes whose environment holds a mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            is_ours = entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes()
            if is_ours and (entry / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX":
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def gone(mark: str) -> bool:
    """Whether all of them are; a killed process may take a moment."""
    for _ in range(200):
        if not children(mark):
            return True
        time.sleep(0.01)
    return False
