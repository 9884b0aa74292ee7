"""The last hour in memory: how many answers, how fast, and what went wrong, in buckets of ten seconds.

Its size does not grow with traffic: latencies are counted in steps of a tenth, which is how exact percentiles
are.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.serve.exchange import Answered, Asking
from octad.serve.facts import BY_RULE

BUCKET_S, KEPT_S = 10.0, 3_600.0
FASTEST_S, RATIO = 5e-4, 1.1
STEPS = 130
"""Steps of latency, from FASTEST_S to two minutes."""
MOST_NAMES = 64
"""Agents, versions and codes that one bucket tells apart; all others are one."""
OTHER = "other"
Counts = NDArray[np.int64]


class Percentiles(NamedTuple):
    """Latencies in seconds that half, 95 and 99 of a hundred answers stayed below; None without any."""

    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(slots=True)
class Tally:
    """What was answered in a stretch of time."""

    asked: int = 0
    failed: int = 0
    degraded: int = 0
    cached: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    latency: Counts = field(default_factory=lambda: np.zeros(STEPS, np.int64))

    def add(self, answered: Answered) -> None:
        """Count one answer; latencies are of what was answered at all."""
        self.asked += 1
        self.degraded += bool(answered.degraded)
        self.cached += answered.is_cached
        self.versions[bounded(answered.version, self.versions)] += 1
        for name, count in answered.facts.items():
            if name.startswith(BY_RULE):
                self.rules[bounded(name.removeprefix(BY_RULE), self.rules)] += int(count)
        if answered.fault is None:
            self.latency[step_of(answered.waited + answered.ran)] += 1
        else:
            self.codes[bounded(answered.fault.code, self.codes)] += 1
            self.failed += answered.fault.status >= 500

    def merge(self, other: Tally) -> None:
        """Add what another counted."""
        self.asked += other.asked
        self.failed += other.failed
        self.degraded += other.degraded
        self.cached += other.cached
        self.codes.update(other.codes)
        self.rules.update(other.rules)
        self.versions.update(other.versions)
        self.latency += other.latency

    @property
    def percentiles(self) -> Percentiles:
        """How fast the answers were."""
        total = int(self.latency.sum())
        if not total:
            return Percentiles(None, None, None)
        sums = np.cumsum(self.latency)
        found = [int(np.searchsorted(sums, math.ceil(share * total))) for share in (0.5, 0.95, 0.99)]
        return Percentiles(*(FASTEST_S * RATIO ** (step + 0.5) for step in found))


def step_of(seconds: float) -> int:
    """The step of a latency."""
    if seconds <= FASTEST_S:
        return 0
    return min(STEPS - 1, int(math.log(seconds / FASTEST_S) / math.log(RATIO)))


def bounded(name: str, known: Collection[str]) -> str:
    """The name, or OTHER where as many as may be are known and it is none of them."""
    return name if name in known or len(known) < MOST_NAMES else OTHER


@dataclass(slots=True)
class _Bucket:
    number: int
    agents: dict[str, Tally] = field(default_factory=dict)


class Recent:
    """Counts the answers of the last hour, by agent."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._buckets: deque[_Bucket] = deque(maxlen=int(KEPT_S / BUCKET_S) + 1)
        self._lock = threading.Lock()

    def seen(self, asking: Asking, answered: Answered) -> None:
        """Count one final answer."""
        number = int(self._clock() / BUCKET_S)
        with self._lock:
            if not self._buckets or self._buckets[-1].number != number:
                self._buckets.append(_Bucket(number))
            agents = self._buckets[-1].agents
            agents.setdefault(bounded(asking.agent, agents), Tally()).add(answered)

    def over(self, seconds: float) -> dict[str, Tally]:
        """What was answered in the last so many seconds, by agent; whole buckets are counted."""
        first = int((self._clock() - seconds) / BUCKET_S)
        return self._sums(first, first + int(seconds / BUCKET_S) + 2)

    def span(self, seconds: float) -> float:
        """How much of the last so many seconds this has been counting."""
        return max(BUCKET_S, min(seconds, self._clock() - self._began))

    def series(self, seconds: float = 60.0, count: int = 60) -> list[Tally]:
        """What was answered in each of so many stretches of so many seconds, of all agents, the newest last.

        They end with the last whole bucket, so that none is of less time than the others.
        """
        stop, each = int(self._clock() / BUCKET_S), int(seconds / BUCKET_S)
        found = [Tally() for _ in range(count)]
        with self._lock:
            for bucket in self._buckets:
                place = count - 1 - (stop - 1 - bucket.number) // each
                if bucket.number < stop and place >= 0:
                    for tally in bucket.agents.values():
                        found[place].merge(tally)
        return found

    def _sums(self, first: int, stop: int) -> dict[str, Tally]:
        found: dict[str, Tally] = {}
        with self._lock:
            for bucket in self._buckets:
                if first <= bucket.number < stop:
                    for agent, tally in bucket.agents.items():
                        found.setdefault(agent, Tally()).merge(tally)
        return found


def total(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    found = Tally()
    for one in tallies:
        found.merge(one)
    return found
