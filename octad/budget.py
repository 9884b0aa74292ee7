"""What one run may use up: seconds, memory, parts and findings of one file.

Whoever does work that a stranger's input makes long asks `current()` between two steps of it, and stops with
what there is; a step that knows a time limit gets `seconds_left`. Without a budget nothing is limited.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any

SECONDS = 300.0
"""The deadline where nobody asks for another."""
MEGABYTES = 4_096.0
"""The memory where nobody asks for another."""
UNITS = 2_000
"""Parts of one file that a model is asked about; more are generated."""
FINDINGS = 500
"""Findings of one kind in one file; a generated file with more of them says nothing more."""
FOR_WORK = 0.9
"""The share of the time in which work is begun; the rest is for the report of it."""


def peak_megabytes() -> float:
    """The most memory that this process has held; 0 where the system does not tell.

    Linux hands `ru_maxrss` on to the programs that a process starts, so its own count is asked first.
    """
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / (1 << 10)
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


class Budget:
    """Seconds by a clock and megabytes of memory; what is not given is not limited.

    `clock` tells seconds, `peak` the most megabytes that this process has held. What it held before is no
    part of the run, so that a long process, whose earlier work was large, may begin another.
    """

    def __init__(
        self,
        seconds: float | None = None,
        megabytes: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        peak: Callable[[], float] | None = None,
    ) -> None:
        self._clock = clock
        self._peak = peak or peak_megabytes
        self._begun = clock()
        self._held = self._peak()
        self.reached = ""
        self.limit(seconds, megabytes)

    def limit(self, seconds: float | None, megabytes: float | None) -> None:
        """Give other limits, counted from the beginning; None or 0 for none."""
        self.seconds = seconds or None
        self.megabytes = megabytes or None

    def seconds_left(self, most: float = float("inf")) -> float:
        """How long one more step may take, `most` at most; it may be nothing."""
        if self.seconds is None:
            return most
        return min(most, max(0.0, self._begun + FOR_WORK * self.seconds - self._clock()))

    def spent(self) -> str:
        """What of the budget is used up, in words; empty while there is enough of everything.

        What was once used up stays so, and is kept in `reached`.
        """
        if not self.reached:
            if self.seconds is not None and self.seconds_left() <= 0:
                self.reached = f"the deadline of {self.seconds:g} s was reached"
            elif self.megabytes is not None and self._peak() - self._held > self.megabytes:
                self.reached = f"the limit of {self.megabytes:g} MB of memory was reached"
        return self.reached

    def unlooked(self) -> str:
        """Why something is not looked at any more, in words; empty while there is enough of everything."""
        reason = self.spent()
        return f"not looked at: {reason}" if reason else ""


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)
_UNLIMITED = Budget()


def current() -> Budget:
    """The budget of this run."""
    return _current.get() or _UNLIMITED


@contextmanager
def running(budget: Budget) -> Iterator[Budget]:
    """Let a budget be the current one, in threads of `Threads` too."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


class Threads(ThreadPoolExecutor):
    """Threads that work within the budget of who hands them work."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """As of any executor."""
        return super().submit(copy_context().run, work, *arguments, **named)
