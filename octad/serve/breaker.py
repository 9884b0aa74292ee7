"""Stops asking a version that fails again and again, for a while that grows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 5
"""Failures in a row after which a version is not asked."""
FIRST, LONGEST = 5.0, 60.0
"""Seconds for which it is not, at first and at most."""


@dataclass(slots=True)
class _State:
    """Failures in a row; until when it is not asked, and for how long that was."""

    failures: int = 0
    until: float = 0.0
    pause: float = 0.0


class Breaker:
    """What is known of the failures of versions, each named by agent and digest."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], _State] = {}

    def is_open(self, agent: str, version: str) -> bool:
        """Whether a version is not asked now; after each pause one question is let through."""
        state = self._known.get((agent, version))
        if state is None or state.failures < FAILURES:
            return False
        now = self._clock()
        if now < state.until:
            return True
        state.until = now + state.pause  # others wait for what comes of the one that goes through
        return False

    def saw(self, agent: str, version: str, *, failed: bool) -> None:
        """Take note of an answer."""
        if not failed:
            self._known.pop((agent, version), None)
            return
        state = self._known.setdefault((agent, version), _State())
        state.failures += 1
        if state.failures >= FAILURES:
            state.pause = min(2 * state.pause, LONGEST) if state.pause else FIRST
            state.until = self._clock() + state.pause
