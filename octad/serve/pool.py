"""Worker processes: each takes what waits as soon as it is free, and is started again when it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from octad.errors import ArtefactError, ProcessError, first_line
from octad.host.terminal import say
from octad.host.workers import Worker
from octad.serve.faults import fault
from octad.serve.queue import Costs, Queue, Waiting
from octad.serve.work import Batch, Done, Outcome, Question, done_of, packed_batch

COMMAND = ("-m", "octad.serve.worker")
ENDED = "a worker ended on this twice"
"""What is said of a question that ended two workers, with nobody else in its batch the second time."""
PAUSE, LONGEST_PAUSE = 0.1, 4.0
"""Seconds before a worker that ended is started again: at first, and at most."""
LEAST_S, TIMES = 10.0, 20.0
"""A batch is given up after so many seconds, or so many times what it should take if that is more."""
LOADING_S = 60.0
"""Seconds more where the version may have to be loaded first."""
MOST_DEATHS = 5
"""Workers in a row that may end while they load a version which others have loaded before."""
SPARE_S = 2.0
"""Seconds after the last deadline of a batch, by which a worker ends it by itself."""


@dataclass(slots=True)
class Slot:
    """One worker: what runs in its place, how often it was started again, what it has at hand."""

    number: int
    worker: Worker | None = None
    is_ready: bool = False
    restarts: int = 0
    failures: int = 0
    resident: int = 0
    loaded: Sequence[str] = ()
    last: Batch | None = None
    watch: asyncio.Task[None] | None = None
    busy: list[Waiting] = field(default_factory=list)


class Pool:
    """Workers over one queue.

    `unusable` is told of a version that could not be loaded, and why; `crashed` of one in whose batch a
    worker ended.
    """

    def __init__(
        self,
        workers: int,
        unusable: Callable[[str, str, str], None],
        crashed: Callable[[str, str], None],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.queue, self.costs = Queue(), Costs()
        self.slots = [Slot(number) for number in range(workers)]
        self._unusable, self._crashed, self._command = unusable, crashed, command
        self._work = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._deaths: dict[str, int] = {}
        self._sound: set[str] = set()

    async def start(self, first: Sequence[Batch]) -> None:
        """Start all workers and load what `first` names in each; raises ArtefactError and ProcessError."""
        try:
            await asyncio.gather(*(self._first(slot, first) for slot in self.slots))
        except BaseException:
            await self.stop(0)
            raise
        self._tasks = [asyncio.ensure_future(self._run(slot)) for slot in self.slots]

    def put(self, waiting: Waiting) -> None:
        """Let a question wait for a worker."""
        self.queue.put(waiting)
        self._work.set()

    @property
    def is_ready(self) -> bool:
        """Whether any worker can answer."""
        return any(slot.is_ready for slot in self.slots)

    def in_hand(self) -> list[Waiting]:
        """Questions that are being answered."""
        return [one for slot in self.slots for one in slot.busy]

    async def stop(self, seconds: float) -> None:
        """End all workers."""
        self._is_closing = True
        tasks = [*self._tasks, *(slot.watch for slot in self.slots if slot.watch is not None)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        workers = [slot.worker for slot in self.slots if slot.worker is not None]
        await asyncio.gather(*(one.close(seconds) for one in workers))

    async def _first(self, slot: Slot, batches: Sequence[Batch]) -> None:
        await self._begin(slot)
        for batch in batches:
            done = await self._exchanged(slot, batch, LOADING_S + LEAST_S)
            if done is None:
                raise ProcessError(f"a worker ended while it loaded {batch.agent}", kind="refused")
            if done.unusable:
                raise ArtefactError(done.unusable)
            self._sound.add(f"{batch.agent} {batch.version}")
            slot.last = batch
        slot.is_ready = True

    async def _begin(self, slot: Slot) -> None:
        """Start a process and watch it; raises ProcessError."""
        slot.worker = await Worker.start(self._command)
        slot.watch = asyncio.ensure_future(self._watched(slot, slot.worker))

    async def _watched(self, slot: Slot, worker: Worker) -> None:
        """Take note of the end of a process, also while nothing is asked of it."""
        await worker.ended()
        if slot.worker is worker:
            slot.is_ready = False
            self._work.set()

    async def _run(self, slot: Slot) -> None:
        """Take batches; begin anew where a worker has ended. No error ends it, and none loses a question."""
        while not self._is_closing:
            batch: list[Waiting] = []
            try:
                if slot.worker is None:
                    await self._restart(slot)
                    continue
                batch = await self._next(slot)
                is_sound = bool(batch) and await self._answered(slot, batch)
            except Exception as error:  # what a worker said makes no sense, or there is no memory for it
                say(f"a worker is started again: {first_line(error)}")
                is_sound = False
            if not is_sound:
                await self._lost(slot, batch)

    async def _next(self, slot: Slot) -> list[Waiting]:
        """What waits, as a batch, none where the worker ended; those that are late are told so, never run."""
        while True:
            if slot.worker is None or slot.worker.has_ended:
                return []
            taken = self.queue.take(sum(one.is_ready for one in self.slots))
            now = time.monotonic()
            batch = [one for one in taken if one.asking.until > now]
            for one in taken:
                if one.asking.until <= now:
                    late = fault("request.late", "the deadline passed while it waited", "give it longer")
                    one.settle(Outcome(fault=late))
                one.started, one.together = now, len(batch)
            if batch:
                return batch
            if not taken:
                self._work.clear()
                await self._work.wait()

    async def _answered(self, slot: Slot, batch: list[Waiting]) -> bool:
        """Have a batch answered; False where the worker ended or hung."""
        first, slot.busy = batch[0], batch
        if not await self._at_hand(slot, batch):
            return slot.is_ready
        now = time.monotonic()
        asked = Batch(
            "ask", first.asking.agent, first.version, first.folder, first.asking.kind,
            [_question(one, now) for one in batch],
        )  # fmt: skip
        seconds = max(LEAST_S, TIMES * sum(one.cost for one in batch))
        seconds = min(seconds, max(one.asking.until for one in batch) - now + SPARE_S)
        done = await self._exchanged(slot, asked, seconds)
        if done is None:
            return False
        if done.unusable:
            self._refused(slot, batch, done.unusable)
            return True
        each = (time.monotonic() - now) / max(sum(len(one.asking.body) for one in batch), 1)
        for one, outcome in zip(batch, done.outcomes, strict=True):
            if outcome.fault is None:
                self.costs.saw(one.asking, each * len(one.asking.body))
            one.settle(outcome)
        slot.busy, slot.failures = [], 0
        return True

    async def _at_hand(self, slot: Slot, batch: list[Waiting]) -> bool:
        """Have the version of a batch loaded, where it is not yet; False where the batch must not be asked.

        A worker that ends over it says nothing of the questions: they wait again, and where a second one
        ends, the version cannot be used. One that was at hand before is not blamed so soon: somebody may
        have killed the workers.
        """
        first = batch[0]
        name = f"{first.asking.agent} {first.version}"
        if name in slot.loaded:
            return True
        load = Batch("load", first.asking.agent, first.version, first.folder)
        done = await self._exchanged(slot, load, LOADING_S)
        if done is not None and not done.unusable:
            slot.last = load
            self._deaths.pop(name, None)
            self._sound.add(name)
            return True
        deaths = self._deaths[name] = self._deaths.get(name, 0) + (done is None)
        if done is not None or deaths > (MOST_DEATHS if name in self._sound else 1):
            self._deaths.pop(name, None)
            self._refused(slot, batch, done.unusable if done else "workers ended while they loaded it")
        else:
            for one in batch:
                self.put(one)
        slot.busy = []
        return False

    def _refused(self, slot: Slot, batch: list[Waiting], reason: str) -> None:
        """Nothing can be asked of the version of a batch."""
        self._unusable(batch[0].asking.agent, batch[0].version, reason)
        wrong = fault("server.version", "the version that should answer cannot be used")
        for one in batch:
            one.settle(Outcome(fault=wrong))
        slot.busy = []

    async def _exchanged(self, slot: Slot, batch: Batch, seconds: float) -> Done | None:
        """What comes of a batch; None where the worker ended, or said nothing in time and was killed."""
        worker = slot.worker
        assert worker is not None
        try:
            async with asyncio.timeout(seconds):
                await worker.send(packed_batch(batch))
                frame = await worker.received()
        except TimeoutError:
            frame = None
        if frame is None:
            slot.is_ready = False
            worker.kill()
            return None
        done = done_of(frame)
        slot.resident, slot.loaded = done.resident, done.loaded
        if done.trace:
            say(f"{batch.agent}: {done.trace.strip().splitlines()[-1]}")
        return done

    async def _lost(self, slot: Slot, batch: list[Waiting]) -> None:
        """A worker has ended: what it was asked and has not answered is asked once more, each by itself."""
        left = slot.busy and [one for one in batch if not one.outcome.done()]
        slot.is_ready, slot.busy, slot.loaded = False, [], ()
        if left:
            self._crashed(left[0].asking.agent, left[0].version)
        for one in left:
            one.crashes += 1
            if one.crashes > 1:
                hint = "the same question ends it again: report it, with the case"
                one.settle(Outcome(fault=fault("server.internal", ENDED, hint)))
            else:
                self.put(one)
        worker, slot.worker = slot.worker, None
        if worker is not None:
            await worker.close(0)

    async def _restart(self, slot: Slot) -> None:
        """Start a worker again, after a pause that grows while it fails; it is ready once it has answered."""
        await asyncio.sleep(min(PAUSE * 2**slot.failures, LONGEST_PAUSE) if slot.failures else 0)
        slot.failures += 1
        slot.restarts += 1
        try:
            await self._begin(slot)
        except ProcessError as error:
            say(str(error))
            return
        last = slot.last
        if last is not None and await self._exchanged(slot, last, LOADING_S) is None:
            worker, slot.worker, slot.last = slot.worker, None, None  # it may be the version that ends it
            if worker is not None:
                await worker.close(0)
            return
        slot.is_ready = True
        self._work.set()


def _question(waiting: Waiting, now: float) -> Question:
    asking = waiting.asking
    return Question(asking.body, asking.until - now, asking.evidence, asking.least)
