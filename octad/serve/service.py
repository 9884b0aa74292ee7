"""Answers questions with worker processes: which version, what waits, what simpler thing answers instead.

Every question has exactly one final answer. It does not wait longer than its deadline, and does not wait at
all where the answer would come too late.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from octad.errors import InputError, OctadError, first_line
from octad.host.terminal import say
from octad.registry.base import BASELINE, PREVIOUS, STABLE, Registry
from octad.serve.breaker import Breaker
from octad.serve.cache import Answers, Once, content
from octad.serve.exchange import Answered, Asking, Observer, Route, Router
from octad.serve.faults import Fault, fault
from octad.serve.pool import COMMAND, ENDED, Pool
from octad.serve.queue import Waiting
from octad.serve.work import RULES, Batch, Outcome

SHADOW = 10
"""The priority of what nobody waits for."""
SHADOW_S = 30.0
"""Seconds after which a shadow is given up."""
SHADOWS = 32
"""Shadows that wait at once; under load, when there are as many, others are dropped."""
NOT_RUN = frozenset({"server.overloaded", "server.draining", "request.late"})
"""Faults of a shadow that had no turn."""
PART = 0.5
"""The part of the time to its deadline that a question may wait: how long it takes is an estimate."""
BEHIND = frozenset({"server.internal", "server.worker", "server.version"})
"""Faults behind which something simpler is asked."""
_TIMES = 200


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """How much a service takes on.

    `workers` are processes, 0 for one a core. A question that would wait longer than `longest_wait` seconds,
    or be one more than `most_waiting`, or one more than `most_bytes`, is refused at once.
    """

    agents: tuple[str, ...]
    workers: int = 0
    longest_wait: float = 2.0
    most_waiting: int = 2_000
    most_bytes: int = 256 << 20
    command: Sequence[str] = COMMAND


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker: its process, 0 while there is none, how often it was started again, bytes that it holds.

    `loaded` are the versions that it has at hand.
    """

    pid: int
    is_ready: bool
    restarts: int
    rss: int
    loaded: Sequence[str]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """How a service does; `capacity` are the questions a second that it could answer."""

    ready: bool
    in_flight: int
    queued: int
    queued_cost: float
    capacity: float
    workers: Sequence[WorkerStatus] = field(default_factory=tuple)


class Service:
    """Questions to answers, over a registry of versions and a router that chooses among them."""

    def __init__(
        self,
        settings: WorkSettings,
        registry: Registry,
        router: Router,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.settings, self.registry, self.router = settings, registry, router
        self.observers = list(observers)
        self.answers, self._once, self._breaker = Answers(), Once(), Breaker()
        count = settings.workers or os.cpu_count() or 1
        self.pool = Pool(count, self._unusable, self._crashed, settings.command)
        self._folders: dict[tuple[str, str], tuple[str, str]] = {}
        self._used: deque[float] = deque(maxlen=_TIMES)
        self._running, self._shadows = 0, set[asyncio.Task[None]]()
        self._is_draining = False

    async def start(self) -> None:
        """Start the workers with the stable versions; raises ArtefactError, ProcessError, StoreError."""
        first = []
        for agent in self.settings.agents:
            digest, folder = self._located(agent, STABLE)
            first.append(Batch("load", agent, digest, folder))
        await self.pool.start(first)

    async def ask(self, asking: Asking) -> Answered:
        """The one final answer; cancelled, the question is not asked where it still waits."""
        self._running += 1
        try:
            if self._is_draining:
                wrong = fault("server.draining", "the server stops", "ask another", retry_after=1)
                answered = Answered(asking.id, fault=wrong)
            elif asking.idempotency:
                answered = await self._once.ask(asking, lambda: self._routed(asking))
            else:
                answered = await self._routed(asking)
        except Exception as error:  # whatever it was, the question gets its answer
            say(f"a question failed: {first_line(error)}")
            answered = Answered(asking.id, fault=fault("server.internal", "the question failed"))
        finally:
            self._running -= 1
        for one in self.observers:
            with _told("an observer"):
                one.seen(asking, answered)
        return answered

    async def stop(self, seconds: float) -> int:
        """Take nothing more, finish what is in flight for so long, end; how many questions were lost."""
        self._is_draining = True
        until = time.monotonic() + seconds
        for task in self._shadows:
            task.cancel()
        while self._running and time.monotonic() < until:
            await asyncio.sleep(0.01)
        left = [*self.pool.queue.waiting, *self.pool.in_hand()]
        lost = sum(not one.outcome.done() for one in left)
        gone = fault("server.draining", "the server has stopped", "ask another", retry_after=1)
        for one in left:
            one.settle(Outcome(fault=gone))
        await asyncio.sleep(0)
        await self.pool.stop(max(0.1, min(1.0, seconds)))
        return lost

    def status(self) -> ServiceStatus:
        """How it does."""
        waiting = self.pool.queue.waiting
        mean = sum(self._used) / len(self._used) if self._used else 0.0
        return ServiceStatus(
            ready=self.pool.is_ready and not self._is_draining,
            in_flight=self._running,
            queued=len(waiting),
            queued_cost=self.pool.queue.cost,
            capacity=len(self.pool.slots) / mean if mean else 0.0,
            workers=[
                WorkerStatus(
                    slot.worker.pid if slot.worker else 0, slot.is_ready, slot.restarts, slot.resident,
                    [name.rpartition(" ")[2] for name in slot.loaded],
                )
                for slot in self.pool.slots
            ],
        )  # fmt: skip

    async def _routed(self, asking: Asking) -> Answered:
        """The answer of the version that the router chooses, which learns of it."""
        try:
            route = self.router.route(asking)
        except InputError as error:
            return Answered(asking.id, fault=fault("request.unknown", error.message, error.hint))
        except OctadError as error:
            say(str(error))
            return Answered(asking.id, fault=fault("server.version", "versions cannot be read"))
        answered = replace(await self._by(asking, route.version), arm=route.arm)
        may_shadow = not answered.is_cached and not self._is_draining and len(self._shadows) < SHADOWS
        if route.shadow and may_shadow:
            task = asyncio.ensure_future(self._shadowed(asking, route, answered))
            self._shadows.add(task)
            task.add_done_callback(self._shadows.discard)
        else:
            with _told("the router"):
                self.router.observe(asking, route, answered, None)
        return answered

    async def _by(self, asking: Asking, version: str) -> Answered:
        """The answer of a version, or of what is simpler where that cannot answer."""
        digest = content(asking)
        if (known := self.answers.find(version, digest)) is not None:
            return replace(known, id=asking.id)
        wrong: Fault | None = None
        tried: set[str] = set()
        for number, reference in enumerate((version, STABLE, PREVIOUS, BASELINE, RULES)):
            if (place := self._place(asking.agent, reference)) is None:
                wrong = wrong or fault("server.version", "the version that should answer is not there")
                continue
            if place[0] in tried:
                continue
            tried.add(place[0])
            if reference != RULES and self._breaker.is_open(asking.agent, place[0]):
                wrong = wrong or fault("server.version", "the version failed again and again and rests")
                continue
            answered = await self._once_by(asking, *place)
            if answered.fault is not None and answered.fault.message == ENDED:
                return replace(answered, version=version)  # it would end the workers of every version
            if answered.fault is None or answered.fault.code not in BEHIND:
                answered = replace(answered, degraded=_why(reference, wrong) if number else "")
                self.answers.keep(version, digest, answered)
                return answered
            wrong = wrong or answered.fault
        assert wrong is not None
        return Answered(asking.id, fault=wrong, version=version)

    async def _once_by(self, asking: Asking, version: str, folder: str) -> Answered:
        """The answer of one version, whatever it is."""
        now = time.monotonic()
        waiting = Waiting(
            asking, version, folder, self.pool.costs.estimate(asking), now,
            asyncio.get_running_loop().create_future(), asking.priority,
        )  # fmt: skip
        if (refused := self._refusal(waiting)) is not None:
            return Answered(asking.id, fault=refused, version=version)
        self.pool.put(waiting)
        try:
            async with asyncio.timeout(max(asking.until - now, 0)):
                outcome = await waiting.outcome
        except TimeoutError:
            late = fault("request.late", "no answer before the deadline", "give it longer, or ask about less")
            end = time.monotonic()
            began = waiting.started if math.isfinite(waiting.started) else end
            return Answered(asking.id, fault=late, version=version, waited=began - now, ran=end - began)
        finally:
            waiting.outcome.cancel()
            self.pool.queue.drop(waiting)
        wrong = outcome.fault
        if wrong is None:
            self._used.append(outcome.cpu)
        self._breaker.saw(asking.agent, version, failed=wrong is not None and wrong.code in BEHIND)
        ended = waiting.started if math.isfinite(waiting.started) else time.monotonic()
        return Answered(
            asking.id, outcome.body, wrong, version, waited=ended - now, ran=outcome.ran, cpu=outcome.cpu,
            together=waiting.together, facts=outcome.facts,
        )  # fmt: skip

    def _refusal(self, waiting: Waiting) -> Fault | None:
        """Why a question is not let in, None where it is: it would wait too long, or there are too many."""
        queue, workers = self.pool.queue, max(sum(slot.is_ready for slot in self.pool.slots), 1)
        held = sum(one.cost for one in self.pool.in_hand()) / 2
        wait = (queue.ahead(waiting.priority) + held) / workers
        seconds = min(self.settings.longest_wait, PART * (waiting.asking.until - waiting.arrived))
        size = queue.bytes + len(waiting.asking.body)
        too_many = len(queue.waiting) >= self.settings.most_waiting or size > self.settings.most_bytes
        if queue.waiting and (too_many or wait + waiting.cost > seconds):
            reason = "more is asked than can be answered in time"
            return fault("server.overloaded", reason, "ask later", retry_after=max(1, math.ceil(wait)))
        return None

    async def _shadowed(self, asking: Asking, route: Route, answered: Answered) -> None:
        """Ask the shadow the same, behind everybody else; where it has no turn it was not asked."""
        found = None
        with contextlib.suppress(OctadError):
            until = time.monotonic() + SHADOW_S
            quiet = replace(asking, priority=SHADOW, until=until, idempotency="")
            place = self._place(asking.agent, route.shadow)
            if place is not None:
                shadow = await self._once_by(quiet, *place)
                is_dropped = shadow.fault is not None and shadow.fault.code in NOT_RUN and not shadow.ran
                found = None if is_dropped else shadow
        with _told("the router"):
            self.router.observe(asking, route, answered, found)

    def _place(self, agent: str, reference: str) -> tuple[str, str] | None:
        """Digest and folder of what a reference names, None where it names nothing here."""
        if reference == RULES:
            return RULES, ""
        try:
            return self._located(agent, reference)
        except InputError:
            return None
        except OctadError as error:
            say(str(error))
            return None

    def _located(self, agent: str, reference: str) -> tuple[str, str]:
        """Digest and folder of a version, "" for the shipped one; raises InputError and StoreError."""
        if reference in (PREVIOUS, BASELINE):
            digest = self.registry.aliases(agent).get(reference)
            if digest is None:
                raise InputError(f"{agent} has no {reference} version")
            reference = digest
        known = self._folders.get((agent, reference))
        if known is None:
            folder, version = self.registry.get(agent, reference)
            known = version.digest, str(folder or "")
            if reference == version.digest:  # an alias may name another one tomorrow
                self._folders[agent, reference] = known
        return known

    def _unusable(self, agent: str, version: str, reason: str) -> None:
        say(f"{agent} {version[:12]} cannot be used: {reason}")
        with _told("the router"):
            # Why, with paths of this machine, the log says; a rollout's reason is shown to whoever asks.
            self.router.unusable(agent, version, "it cannot be loaded; the server's own log says why")

    def _crashed(self, agent: str, version: str) -> None:
        say(f"a worker ended while {agent} {version[:12]} answered")


@contextlib.contextmanager
def _told(who: str) -> Iterator[None]:
    """What goes wrong beside an answer costs nobody the answer."""
    try:
        yield
    except Exception as error:
        say(f"{who} failed: {first_line(error)}")


def _why(reference: str, wrong: Fault | None) -> str:
    """What answered in the place of the version that should have, and why."""
    what = {
        STABLE: "the stable version", PREVIOUS: "the version before it", BASELINE: "a simpler version",
        RULES: "rules without a model",
    }  # fmt: skip
    return f"{what[reference]} answered: {wrong.message if wrong else 'the version rests'}"
