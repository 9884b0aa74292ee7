"""Questions that wait: the most urgent first, taken in batches of one version, cut by what they cost."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from octad.serve.exchange import Asking, Kind
from octad.serve.work import Outcome

Lane = tuple[str, str, Kind]
"""Agent, version and kind of the questions of one batch."""
BATCH_S = 0.05
"""Seconds that a batch may cost, unless one question alone costs more.

On a processor, reading several together saves hardly more than it makes each of them wait.
"""
MOST = 32
"""Questions of one batch."""
LEAST_URGENT = 9
"""The last priority that a client can give; what comes after it is a shadow, whose time is compared."""
STEADY = 0.1
"""The weight of the newest measurement in an estimate."""
AT_FIRST = 2e-5
"""Seconds a byte, before anything was measured."""


@dataclass(eq=False, slots=True)
class Waiting:
    """A question that waits for a worker, and where its outcome is put.

    `crashes` counts the workers that ended while they had it; after one it goes `alone`.
    """

    asking: Asking
    version: str
    folder: str
    cost: float
    arrived: float
    outcome: asyncio.Future[Outcome]
    priority: int = 5
    crashes: int = 0
    started: float = math.nan
    together: int = 1

    @property
    def lane(self) -> Lane:
        """What it can share a batch with."""
        return self.asking.agent, self.version, self.asking.kind

    @property
    def is_alone(self) -> bool:
        """Whether it must not take others with it."""
        return self.crashes > 0 or self.priority > LEAST_URGENT

    def settle(self, outcome: Outcome) -> None:
        """Give it its outcome, once, where somebody still waits."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


@dataclass(slots=True)
class _Line:
    """What waits in one lane."""

    heap: list[tuple[int, int, Waiting]] = field(default_factory=list)
    live: int = 0

    def head(self) -> tuple[int, int] | None:
        """The place in the order of the first that somebody still waits for."""
        while self.heap and self.heap[0][2].outcome.done():
            heapq.heappop(self.heap)
        return self.heap[0][:2] if self.heap else None


class Queue:
    """Questions by priority, then in the order in which they came; `bytes` are those that they hold."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, _Line] = {}
        self._number = itertools.count()
        self.waiting: set[Waiting] = set()
        self._costs: dict[int, float] = {}
        self.bytes = 0

    @property
    def cost(self) -> float:
        """Seconds of a worker that all questions will take."""
        return sum(self._costs.values())

    def ahead(self, priority: int) -> float:
        """Seconds that what is as urgent, or more, will take."""
        return sum(cost for other, cost in self._costs.items() if other <= priority)

    def put(self, waiting: Waiting) -> None:
        """Let a question wait."""
        line = self._lanes.setdefault(waiting.lane, _Line())
        heapq.heappush(line.heap, (waiting.priority, next(self._number), waiting))
        line.live += 1
        self.waiting.add(waiting)
        self._costs[waiting.priority] = self._costs.get(waiting.priority, 0.0) + waiting.cost
        self.bytes += len(waiting.asking.body)

    def drop(self, waiting: Waiting) -> None:
        """Forget a question that is taken, or that nobody waits for."""
        if waiting not in self.waiting:
            return
        self.waiting.remove(waiting)
        self._costs[waiting.priority] -= waiting.cost
        if not self.waiting:
            self._costs.clear()  # what rounding leaves
        self.bytes -= len(waiting.asking.body)
        if (line := self._lanes.get(waiting.lane)) is not None:
            line.live -= 1
            if len(line.heap) > 2 * line.live + MOST:  # most of it is what nobody waits for
                line.heap = [entry for entry in line.heap if entry[2] in self.waiting]
                heapq.heapify(line.heap)
                line.live = len(line.heap)

    def take(self, workers: int = 1) -> list[Waiting]:
        """The most urgent question with what fits into a batch with it, a fair part for so many workers."""
        heads = [(head, lane) for lane, line in self._lanes.items() if (head := line.head()) is not None]
        for lane in self._lanes.keys() - {lane for _, lane in heads}:
            del self._lanes[lane]
        if not heads:
            return []
        line = self._lanes[min(heads)[1]]
        most = min(MOST, math.ceil(len(line.heap) / max(workers, 1)))
        return list(self._taken(line, most))

    def _taken(self, line: _Line, most: int) -> Iterator[Waiting]:
        cost, count = 0.0, 0
        while count < most and line.head() is not None:
            first = line.heap[0][2]
            if count and (first.is_alone or cost + first.cost > BATCH_S):
                return
            heapq.heappop(line.heap)
            self.drop(first)
            yield first
            cost, count = cost + first.cost, count + 1
            if first.is_alone:
                return


class Costs:
    """Seconds that questions take, estimated from their length and what others of the kind took."""

    def __init__(self) -> None:
        self._per_byte: dict[tuple[str, Kind, bool], float] = {}

    def estimate(self, asking: Asking) -> float:
        """Seconds that a question will take."""
        return self._per_byte.get(_kind(asking), AT_FIRST) * len(asking.body)

    def saw(self, asking: Asking, seconds: float) -> None:
        """Learn from what one took."""
        found = seconds / max(len(asking.body), 1)
        known = self._per_byte.get(_kind(asking))
        self._per_byte[_kind(asking)] = found if known is None else known + STEADY * (found - known)


def _kind(asking: Asking) -> tuple[str, Kind, bool]:
    return asking.agent, asking.kind, asking.evidence
