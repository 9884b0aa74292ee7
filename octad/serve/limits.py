"""How much one token may ask: so many requests a second, and so many at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from octad.serve.errors import Refusal
from octad.serve.faults import fault
from octad.serve.settings import Limits

MOST = 2_000
"""Actors that are remembered; there are fewer tokens."""


@dataclass(slots=True)
class _Use:
    left: float
    at: float
    running: int = 0


class Allowances:
    """What every actor has left, in a table that does not grow beyond MOST."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._uses: dict[str, _Use] = {}

    def __len__(self) -> int:
        return len(self._uses)

    @contextmanager
    def one(self, actor: str) -> Iterator[None]:
        """A request of an actor, while it runs; raises Refusal (429) where it is one too many."""
        use = self._use(actor)
        if use.running >= self._limits.concurrent:
            raise _too_many(f"more than {self._limits.concurrent} requests of one token at once", 1.0)
        if use.left < 1:
            wait = (1 - use.left) / self._limits.rate
            raise _too_many(f"more than {self._limits.rate:g} requests a second of one token", wait)
        use.left -= 1
        use.running += 1
        try:
            yield
        finally:
            use.running -= 1

    def _use(self, actor: str) -> _Use:
        """What an actor has left by now."""
        now = self._clock()
        use = self._uses.get(actor)
        if use is None:
            if len(self._uses) >= MOST:
                self._forget()
            use = self._uses[actor] = _Use(self._limits.burst, now)
        use.left = min(self._limits.burst, use.left + (now - use.at) * self._limits.rate)
        use.at = now
        return use

    def _forget(self) -> None:
        """Forget the actor that asked longest ago and has nothing running."""
        idle = [(use.at, actor) for actor, use in self._uses.items() if not use.running]
        if idle:
            del self._uses[min(idle)[1]]


def _too_many(message: str, wait: float) -> Refusal:
    return Refusal(fault("server.overloaded", message, "ask again later", retry_after=wait))
