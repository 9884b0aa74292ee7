"""What a test needs to try what may never end: an alarm, and a look at what was left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
