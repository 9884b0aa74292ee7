"""What was answered before: by content, and by the names that clients gave their questions."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault

BYTES = 64 << 20
"""Bytes of answers that are kept."""
NAMES, SECONDS = 10_000, 600.0
"""Names that are kept, and for how long."""
_MORE = 512
"""Bytes that an answer takes beside its body."""


def content(asking: Asking) -> str:
    """A digest of all that a question asks."""
    head = f"{asking.agent}\0{asking.kind}\0{asking.evidence}\0{asking.least}\0"
    return hashlib.sha256(head.encode() + asking.body).hexdigest()


class Answers:
    """Answers by version and content, bounded in bytes; what was used longest ago goes first."""

    def __init__(self, largest: int = BYTES) -> None:
        self._largest = largest
        self._held: OrderedDict[tuple[str, str], Answered] = OrderedDict()
        self._bytes = 0

    def find(self, version: str, digest: str) -> Answered | None:
        """The answer of a version to the same question."""
        found = self._held.get((version, digest))
        if found is not None:
            self._held.move_to_end((version, digest))
        return found

    def keep(self, version: str, digest: str, answered: Answered) -> None:
        """Keep an answer that is whole; one of a fallback, or a fault, is not kept."""
        size = len(answered.body) + _MORE
        if answered.fault is not None or answered.degraded or size > self._largest // 8:
            return
        if self._held.pop((version, digest), None) is None:
            self._bytes += size
        self._held[version, digest] = replace(answered, is_cached=True, waited=0.0, ran=0.0, cpu=0.0)
        while self._bytes > self._largest:
            _, gone = self._held.popitem(last=False)
            self._bytes -= len(gone.body) + _MORE


@dataclass(slots=True)
class _Named:
    """A question that has a name, what comes of it, who waits for it, and when it is forgotten."""

    digest: str
    task: asyncio.Task[Answered]
    until: float
    waiting: int = field(default=0)
    size: int = 0


class Once:
    """Questions by the names that clients gave them: the same name is answered once, and the same."""

    def __init__(
        self, most: int = NAMES, clock: Callable[[], float] = time.monotonic, largest: int = BYTES
    ) -> None:
        self._most, self._clock, self._largest = most, clock, largest
        self._known: OrderedDict[tuple[str, str], _Named] = OrderedDict()
        self._bytes = 0

    async def ask(self, asking: Asking, make: Callable[[], Coroutine[Any, Any, Answered]]) -> Answered:
        """The answer to a question that has a name; another question of the same name is a conflict."""
        name, digest = (asking.actor, asking.idempotency), f"{content(asking)} {asking.version}"
        self._forget()
        known = self._known.get(name)
        if known is not None and known.digest != digest:
            reason = "another question had this Idempotency-Key"
            return Answered(asking.id, fault=fault("request.conflict", reason, "give it a name of its own"))
        if known is None:
            task = asyncio.ensure_future(make())
            known = self._known[name] = _Named(digest, task, self._clock() + SECONDS)
            task.add_done_callback(lambda done: self._settled(name, done))
        known.waiting += 1
        try:
            return replace(await asyncio.shield(known.task), id=asking.id)
        finally:
            known.waiting -= 1
            if not known.waiting and not known.task.done():
                self._known.pop(name, None)
                known.task.cancel()

    def _settled(self, name: tuple[str, str], task: asyncio.Task[Answered]) -> None:
        """Forget what failed for no fault of the question: asked again it may be answered."""
        known = self._known.get(name)
        if known is None or known.task is not task:  # cancelled, and asked again before it had ended
            return
        if task.cancelled() or task.exception() is not None:
            self._known.pop(name, None)
            return
        wrong = task.result().fault
        if wrong is not None and wrong.retry:
            self._known.pop(name, None)
            return
        known.size = len(task.result().body) + _MORE
        self._bytes += known.size
        for oldest in list(self._known) if self._bytes > self._largest else ():
            if self._bytes > self._largest and self._known[oldest].task.done():
                self._bytes -= self._known.pop(oldest).size

    def _forget(self) -> None:
        now = self._clock()
        while self._known:
            name, first = next(iter(self._known.items()))
            if not first.task.done() or (len(self._known) < self._most and now < first.until):
                break
            del self._known[name]
            self._bytes -= first.size
