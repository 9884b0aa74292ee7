"""What comes of questions while a rollout is under way, gathered between two looks.

One unit, the traffic of one key in one window or a question without a key, is counted once; it casts one vote
of each kind, and a burst of bad events in either arm is one vote: a worker that dies takes several questions
of the same version with it, which are no more evidence than one.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field

from octad.rollout.evidence import Pair
from octad.rollout.plan import Observation, Plan, Votes

LAST, FEWEST_BAD, BAD = 20, 3, 0.2
"""Last answers of the stable version, and how many failures, and what share, make it bad."""
SLOW = 0.95
"""The quantile of the stable version's times beyond which an answer is slow."""
FEWEST = 40
"""Times of the stable version that tell what is slow."""
TIMES, EVERY = 500, 25
RUNS, WEIGHED = 2_000, 100
"""Runs of which the share is taken where answers come from a cache, and how many the plan's share weighs."""
MOST = 200_000
"""Units that are remembered in one window; beyond them each is its own."""
ORDER = 1_000


class Reference:
    """What is slow: beyond most of the last times of the stable version."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=TIMES)
        self._added = 0
        self._limit = math.nan

    def limit(self) -> float:
        """The time beyond which an answer is slow; not a number while that is unknown."""
        return self._limit

    def add(self, seconds: float) -> None:
        """One more time of the stable version."""
        self._times.append(seconds)
        self._added += 1
        if len(self._times) >= FEWEST and (math.isnan(self._limit) or self._added % EVERY == 0):
            ordered = sorted(self._times)
            self._limit = ordered[min(int(SLOW * len(ordered)), len(ordered) - 1)]


@dataclass(slots=True)
class Answer:
    """What came of one question in one arm: `failed` is None where it tells nothing of the version."""

    is_candidate: bool
    failed: bool | None
    seconds: float = math.nan
    is_cached: bool = False


@dataclass
class Gathered:
    """What was gathered since the last look, as counts."""

    measured: Counter[tuple[str, int]] = field(default_factory=Counter)
    bad: Counter[tuple[str, int]] = field(default_factory=Counter)
    votes: Counter[tuple[str, float, int]] = field(default_factory=Counter)
    routed: Counter[tuple[float, int]] = field(default_factory=Counter)
    order: deque[str] = field(default_factory=lambda: deque(maxlen=ORDER))
    compared: Counter[int] = field(default_factory=Counter)
    hard: str = ""

    def observation(self) -> Observation:
        """The same as a record."""
        shares = sorted({(metric, share) for metric, share, _ in self.votes})
        return Observation(
            measured={name: _pair(self.measured, name) for name in sorted({one for one, _ in self.measured})},
            bad={name: _pair(self.bad, name) for name in sorted({one for one, _ in self.bad})},
            votes=tuple(
                Votes(metric=metric, share=share, stable=self.votes[metric, share, 0],
                      candidate=self.votes[metric, share, 1])
                for metric, share in shares
            ),
            routed=tuple(
                Votes(metric="routed", share=share, stable=self.routed[share, 0],
                      candidate=self.routed[share, 1])
                for share in sorted({share for share, _ in self.routed})
            ),
            order="".join(self.order),
            hard=self.hard,
            compared=(self.compared[0], self.compared[1]),
        )  # fmt: skip


class Collector:
    """Gathers for one rollout; `drained` gives what came since, and begins anew."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._latency, self._processor = Reference(), Reference()
        self._runs: deque[int] = deque(maxlen=RUNS)
        self._cached_at = -RUNS
        self._answers = 0
        self._last_vote: dict[str, float] = {}
        self._stable: deque[bool] = deque(maxlen=LAST)
        self._window = math.nan
        self._units: set[tuple[str, str, bool]] = set()
        self._gathered = Gathered()

    def answered(self, answer: Answer, unit: str, share: float, now: float) -> None:
        """One final answer to a question that was routed while the candidate had a share of the traffic."""
        self._turn(now)
        arm = int(answer.is_candidate)
        if self._is_new("routed", unit) and 0 < share < 1:
            self._gathered.routed[share, arm] += 1
        if answer.failed is None:
            return
        self._answers += 1
        if answer.is_cached:
            self._cached_at = self._answers
            return
        self._runs.append(arm)
        self._gathered.order.append("sScC"[2 * arm + answer.failed])
        weighed = self._share(share)
        # What was known before this answer decides on its vote, so that leaving votes out is no bias.
        told = 0.0 if self._is_stable_bad() else weighed
        self._count("failed", unit, arm, answer.failed, told, now)
        if not answer.is_candidate:
            self._stable.append(answer.failed)
        if answer.failed or not math.isfinite(answer.seconds):
            return
        limit = self._latency.limit()
        if not answer.is_candidate:
            self._latency.add(answer.seconds)
        if math.isfinite(limit):
            self._count("slow", unit, arm, answer.seconds > limit, weighed, now)

    def paired(self, stable: Answer, candidate: Answer, unit: str, now: float) -> None:
        """Both versions' answers to one question, of which people saw the first.

        `seconds` are of the processor here: the second one waits for as long as there is other work. Where
        both are bad, or neither, nothing tells them apart.
        """
        self._turn(now)
        if stable.failed is None or candidate.failed is None or stable.is_cached:
            return
        self._gathered.order.extend(("S" if stable.failed else "s", "C" if candidate.failed else "c"))
        self._pair("failed", unit, (stable.failed, candidate.failed), now)
        if stable.failed or candidate.failed:
            return
        limit, times = self._processor.limit(), (stable.seconds, candidate.seconds)
        if not all(map(math.isfinite, times)):
            return
        self._processor.add(stable.seconds)
        if math.isfinite(limit):
            self._pair("slow", unit, (times[0] > limit, times[1] > limit), now)

    def judged(self, *, is_candidate: bool, dismissed: bool, unit: str, share: float, now: float) -> None:
        """What somebody thinks of a finding."""
        self._turn(now)
        self._count("dismissed", unit, int(is_candidate), dismissed, share, now)

    def compared(self, *, differs: bool) -> None:
        """Whether both versions answered a question alike."""
        self._gathered.compared.update({0: 1, 1: int(differs)})

    def stop(self, reason: str) -> None:
        """The candidate cannot be used at all."""
        self._gathered.hard = self._gathered.hard or reason[:500] or "it cannot be used"

    def drained(self) -> Observation:
        """What was gathered since the last call."""
        found, self._gathered = self._gathered, Gathered()
        return found.observation()

    def _is_stable_bad(self) -> bool:
        """Whether the stable version fails as well: what fails in both says nothing of either.

        An outage of both, of equal failures, would refute that a candidate is worse which is.
        """
        return sum(self._stable) >= max(BAD * len(self._stable), FEWEST_BAD)

    def _share(self, share: float) -> float:
        """The candidate's share of what is run: that of the traffic, but where a cache answers some of it.

        A version that answers for longer finds more in its cache, and what is found cannot fail.
        """
        if self._answers - self._cached_at >= RUNS or not 0 < share < 1:
            return share
        return (sum(self._runs) + WEIGHED * share) / (len(self._runs) + WEIGHED)

    def _count(self, metric: str, unit: str, arm: int, bad: bool, share: float, now: float) -> None:
        if self._is_new(metric, unit):
            self._gathered.measured[metric, arm] += 1
        if bad and self._is_new(metric, unit, bad=True):
            self._gathered.bad[metric, arm] += 1
            self._vote(metric, arm, share, now)

    def _pair(self, metric: str, unit: str, bad: tuple[bool, bool], now: float) -> None:
        if self._is_new(metric, unit):
            self._gathered.measured.update({(metric, 0): 1, (metric, 1): 1})
        if any(bad) and self._is_new(metric, unit, bad=True):
            self._gathered.bad.update({(metric, 0): int(bad[0]), (metric, 1): int(bad[1])})
            if bad[0] != bad[1]:
                self._vote(metric, int(bad[1]), 0.5, now)

    def _vote(self, metric: str, arm: int, share: float, now: float) -> None:
        if 0 < share < 1 and now - self._last_vote.get(metric, -math.inf) >= self.plan.burst:
            self._last_vote[metric] = now
            self._gathered.votes[metric, share, arm] += 1

    def _is_new(self, metric: str, unit: str, *, bad: bool = False) -> bool:
        """Whether a unit counts; one without a key always does."""
        if not unit:
            return True
        known = (metric, unit, bad)
        if known in self._units:
            return False
        if len(self._units) < MOST:
            self._units.add(known)
        return True

    def _turn(self, now: float) -> None:
        window = now // self.plan.window
        if window != self._window:
            self._window, self._units = window, set()


def _pair(counts: Counter[tuple[str, int]], name: str) -> Pair:
    return counts[name, 0], counts[name, 1]
