"""Sends questions to versions as rollouts say, and tells the rollouts what came of it.

`route` and `observe` touch memory only. Once a second a thread takes what came to the controller, and learns
what others decided meanwhile. Where the store cannot be written, a candidate that does harm gets no more
questions all the same: what stops it needs no disk.
"""

from __future__ import annotations

import hashlib
import math
import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from octad.errors import OctadError
from octad.host.terminal import say
from octad.registry.base import STABLE
from octad.rollout.collect import Answer, Collector
from octad.rollout.controller import Controller
from octad.rollout.plan import Observation, Rollout
from octad.rollout.state import Conflict, advance
from octad.rollout.switches import Switches
from octad.serve.exchange import Answered, Asking, Route

EVERY = 1.0
"""Seconds between two looks at what came."""
IDLE = 10.0
"""Seconds after which a look is taken even where nothing came: silence is told by it."""
PENDING = 20_000
"""Questions under way whose share of traffic is remembered."""
BACKLOG = 60
"""Looks that are kept while the store cannot be written."""
BY_FLAG = "flag"
"""Who pauses a rollout where a flag says so."""
_VERSION_GONE = "server.version"
_NOT_OF_THE_VERSION = frozenset({"server.overloaded", "server.draining"})


@dataclass(slots=True)
class Live:
    """A rollout as this process knows it; `is_stopped` where it does harm and that is not yet kept."""

    rollout: Rollout
    collector: Collector
    backlog: list[Observation] = field(default_factory=list)
    looked: float = -math.inf
    is_stopped: bool = False

    @property
    def weight(self) -> int:
        """Per cent of the traffic."""
        return 0 if self.is_stopped else self.rollout.weight


class RolloutRouter:
    """The router of a server over the rollouts of a controller.

    `clock` is monotonic, `draw` gives numbers from 0 up to 1. `refresh` is called before the first question;
    it raises StoreError. `problem` says what is wrong with the store, "" where nothing is.
    """

    def __init__(
        self,
        controller: Controller,
        switches: Switches | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.controller = controller
        self.switches = switches or Switches()
        self.problem = ""
        self._clock, self._draw = clock, draw
        self._lock = threading.RLock()
        self._live: dict[str, Live] = {}
        self._stable: dict[str, str] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._pending: OrderedDict[str, float] = OrderedDict()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def route(self, asking: Asking) -> Route:
        """The version that answers; raises InputError for one that is asked for and not there."""
        if asking.version:
            return Route(self._resolved(asking.agent, asking.version))
        with self._lock:
            live = self._live.get(asking.agent)
            if live is None or live.rollout.is_over:
                return Route(self._stable_of(asking.agent))
            plan, weight = live.rollout.plan, live.weight
            if live.rollout.state == "shadow" and not live.is_stopped:
                return Route(plan.stable, "stable", live.rollout.id, plan.candidate)
            self._pending[asking.id] = weight / 100
            while len(self._pending) > PENDING:
                self._pending.popitem(last=False)
            if self._drawn(live.rollout, asking.key) < weight / 100:
                return Route(plan.candidate, "candidate", live.rollout.id)
            return Route(plan.stable, "stable", live.rollout.id)

    def observe(self, asking: Asking, route: Route, answered: Answered, shadow: Answered | None) -> None:
        """Take note of an answer, and of what the shadow would have answered."""
        with self._lock:
            share = self._pending.pop(asking.id, math.nan)
            live = self._live.get(asking.agent)
            if live is None or not route.rollout or live.rollout.id != route.rollout:
                return
            now = self._clock()
            if route.shadow:
                self._observe_pair(live, asking, (route, answered, shadow), now)
            elif math.isfinite(share):
                _note_stop(live, answered, is_candidate=route.arm == "candidate")
                found = _answer(answered, route.version, is_candidate=route.arm == "candidate")
                live.collector.answered(found, asking.key, share, now)

    def unusable(self, agent: str, version: str, reason: str) -> None:
        """A version that cannot be loaded, or whose workers end one after the other: the candidate's stop."""
        with self._lock:
            live = self._live.get(agent)
            if live is not None and live.rollout.plan.candidate == version:
                live.collector.stop(reason)

    def judged(self, agent: str, version: str, *, dismissed: bool, unit: str = "") -> None:
        """Somebody accepted or dismissed a finding of a version."""
        with self._lock:
            live = self._live.get(agent)
            if live is None or version not in (live.rollout.plan.candidate, live.rollout.plan.stable):
                return
            is_candidate = version == live.rollout.plan.candidate
            live.collector.judged(
                is_candidate=is_candidate, dismissed=dismissed, unit=unit, share=live.weight / 100,
                now=self._clock(),
            )  # fmt: skip

    def rollouts(self) -> list[Rollout]:
        """What is under way, as this process knows it."""
        with self._lock:
            return [one.rollout for one in self._live.values()]

    def refresh(self, *, opened: bool = True) -> None:
        """Learn what is kept, and go on where another process ended; raises StoreError."""
        running = {one.plan.agent: one for one in self.controller.recovered(opened=opened)}
        stable = {
            agent: self.controller.registry.aliases(agent)[STABLE] for agent in {*self._stable, *running}
        }
        with self._lock:
            self._stable, self._named = stable, {}
            for agent in [one for one in self._live if one not in running]:
                del self._live[agent]
            for agent, rollout in running.items():
                self._take(agent, rollout)

    def tick(self) -> None:
        """One look: hand over what came, learn what was decided. Errors are told, and kept in `problem`."""
        try:
            self.refresh(opened=False)
            for live in list(self._live.values()):
                self._by_flag(live)
                self._look(live)
            self.problem = ""
        except OctadError as error:
            if str(error) != self.problem:
                say(f"rollouts: {error}")
            self.problem = str(error)
            self._stop_harm()

    def start(self) -> None:
        """Look every second, from a thread of its own, until `stop`; raises StoreError."""
        self.refresh()
        self._end.clear()
        self._thread = threading.Thread(target=self._run, name="octad-rollouts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look one last time, and no more."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self.tick()

    def _run(self) -> None:
        while not self._end.wait(EVERY):
            self.tick()

    def _resolved(self, agent: str, reference: str) -> str:
        known = self._named.get((agent, reference))
        if known is None:
            known = self.controller.registry.get(agent, reference)[1].digest
            if len(self._named) < PENDING:
                self._named[agent, reference] = known
        return known

    def _stable_of(self, agent: str) -> str:
        known = self._stable.get(agent)
        if known is None:
            known = self._stable[agent] = self.controller.registry.get(agent, STABLE)[1].digest
        return known

    def _drawn(self, rollout: Rollout, key: str) -> float:
        """A number that decides on the arm: the same for a key in one window, drawn anew without one.

        Keys are drawn anew in each window: were one kept for long, that some of them fail more often than
        others would look like harm.
        """
        if not key:
            return self._draw()
        window = int(self._clock() // rollout.plan.window)
        digest = hashlib.blake2b(f"{rollout.id}\0{window}\0{key}".encode("utf-8", "replace"), digest_size=8)
        return int.from_bytes(digest.digest(), "big") / (1 << 64)

    def _observe_pair(
        self, live: Live, asking: Asking, seen: tuple[Route, Answered, Answered | None], now: float
    ) -> None:
        route, answered, shadow = seen
        if shadow is None:  # dropped under load
            return
        _note_stop(live, shadow, is_candidate=True)
        # Read together with others a question takes less: only what was read alone is held against it.
        is_alone = answered.together == shadow.together == 1
        stable = _answer(answered, route.version, is_candidate=False, processor=True)
        candidate = _answer(shadow, route.shadow, is_candidate=True, processor=True)
        stable.seconds = stable.seconds if is_alone else math.nan
        live.collector.paired(stable, candidate, asking.key, now)
        if answered.fault is None and shadow.fault is None and not answered.degraded:
            count = "findings"
            if count in answered.facts and count in shadow.facts:
                live.collector.compared(differs=answered.facts[count] != shadow.facts[count])

    def _take(self, agent: str, rollout: Rollout) -> None:
        live = self._live.get(agent)
        is_same = live is not None and live.rollout.id == rollout.id and live.rollout.plan == rollout.plan
        if live is not None and is_same:
            live.rollout = rollout
        else:
            self._live[agent] = Live(rollout, Collector(rollout.plan))

    def _look(self, live: Live) -> None:
        now = self._clock()
        with self._lock:
            seen = live.collector.drained()
            is_empty = seen == Observation()
            if not is_empty:
                live.backlog = [*live.backlog, seen][-BACKLOG:]
        if is_empty and not live.backlog and now - live.looked < IDLE:
            return
        waiting = live.backlog or [Observation()]
        while waiting:
            with suppress(Conflict):
                live.rollout = self.controller.observed(live.rollout.id, waiting[0], now)
            waiting = waiting[1:]
            live.backlog = waiting
        live.looked = now

    def _by_flag(self, live: Live) -> None:
        """Pause where a flag says so, and go on where it no longer does."""
        wants = self.switches.paused(live.rollout.plan.agent)
        is_paused = live.rollout.state == "paused"
        if wants and not is_paused and live.rollout.state != "promoting":
            live.rollout = self.controller.command(live.rollout.id, "pause", actor=BY_FLAG)
        elif not wants and is_paused and live.rollout.reason == f"paused by {BY_FLAG}":
            live.rollout = self.controller.command(live.rollout.id, "resume", actor=BY_FLAG)

    def _stop_harm(self) -> None:
        """Without a store: no more questions for a candidate that would be rolled back."""
        with self._lock:
            for live in self._live.values():
                seen = live.collector.drained()
                if seen != Observation():
                    live.backlog = [*live.backlog, seen][-BACKLOG:]
                found = live.rollout
                for one in live.backlog:
                    found = advance(found, one, self._clock())[0]
                live.is_stopped = live.is_stopped or found.state == "rolled back"


def _answer(answered: Answered, version: str, *, is_candidate: bool, processor: bool = False) -> Answer:
    """What an answer tells of the version that should have given it: a fallback is its failure."""
    wrong = answered.fault
    failed: bool | None = wrong is not None or bool(answered.degraded) or answered.version != version
    if wrong is not None:
        own = wrong.code.startswith("server.") and wrong.code not in _NOT_OF_THE_VERSION
        failed = True if own or wrong.code == "request.late" else None
    seconds = answered.cpu if processor else answered.waited + answered.ran
    return Answer(is_candidate, failed, seconds, answered.is_cached)


def _note_stop(live: Live, answered: Answered, *, is_candidate: bool) -> None:
    """A candidate that cannot be loaded is no matter of statistics."""
    if is_candidate and answered.fault is not None and answered.fault.code == _VERSION_GONE:
        live.collector.stop(f"it cannot be loaded: {answered.fault.message}")
