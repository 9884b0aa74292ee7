"""Every question has one final answer, whatever becomes of the workers."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.load.stable_router import StableRouter
from octad.errors import InputError
from octad.registry.base import Version
from octad.serve import pool
from octad.serve.exchange import Answered, Asking
from octad.serve.pool import Pool, Slot
from octad.serve.queue import Waiting
from octad.serve.service import Service, WorkSettings
from octad.serve.work import Batch, Done
from scripts.size_limits import ROOT

COMMAND = ("-m", "tests.unit.serve.odd_worker")
STABLE, DYING, BROKEN = "a" * 64, "b" * 64, "c" * 64
FOLDERS = {STABLE: "sound", DYING: "dies", BROKEN: "broken"}


class Shelf:
    """A registry of versions that are sound, end their workers, or are broken."""

    def get(self, agent: str, reference: str) -> tuple[Path | None, Version]:
        digest = STABLE if reference == "stable" else reference
        if digest not in FOLDERS:
            raise InputError(f"{reference} names no version")
        return Path(FOLDERS[digest]), Version(digest=digest, agent=agent, version="1", created=0, size=1)

    def aliases(self, agent: str) -> Mapping[str, str]:
        return {"stable": STABLE}


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def asking(body: str, *, seconds: float = 20, **more: Any) -> Asking:
    return Asking(body, "agent", body.encode(), time.monotonic() + seconds, **more)


def served(work: Callable[[Service], Coroutine[Any, Any, Any]], workers: int = 1) -> Any:
    """What comes of work with a service, which is stopped behind it and has lost nothing."""

    async def run() -> Any:
        registry: Any = Shelf()
        settings = WorkSettings(("agent",), workers, longest_wait=30.0, command=COMMAND)
        service = Service(settings, registry, StableRouter(registry))
        await service.start()
        try:
            return await work(service)
        finally:
            assert await service.stop(5) == 0

    return asyncio.run(run())


async def all_of(service: Service, *bodies: str) -> list[Answered]:
    return list(await asyncio.gather(*(service.ask(asking(body)) for body in bodies)))


def test_of_a_batch_only_the_poisoned_question_fails() -> None:
    bodies = [f"case {i}" for i in range(12)]
    bodies[5] = "die 5"
    bodies[7] = "raise 7"
    answers = served(lambda service: all_of(service, "slow", *bodies))[1:]
    faults = [one.fault.code if one.fault else "" for one in answers]
    assert faults == ["server.internal" if i == 5 else "request.case" if i == 7 else "" for i in range(12)]
    assert [one.body for one in answers if not one.fault] == [
        body.upper().encode() for body in bodies if body.startswith("case")
    ]
    assert not any(one.degraded for one in answers)


def test_a_worker_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LEAST_S", 0.3)
    answers = served(lambda service: all_of(service, "slow", "hang", "case"))
    assert [one.fault.code if one.fault else "" for one in answers] == ["", "server.internal", ""]


def test_none_is_lost_while_workers_are_killed() -> None:
    draw = random.Random(3)

    async def work(service: Service) -> list[Answered]:
        tasks = []
        for number in range(400):
            tasks.append(asyncio.ensure_future(service.ask(asking(f"case {number}"))))
            if number % 100 == 50:
                pids = [one.pid for one in service.status().workers if one.pid]
                os.kill(draw.choice(pids), signal.SIGKILL)
            await asyncio.sleep(0.001)
        return list(await asyncio.gather(*tasks))

    answers = served(work, workers=2)
    assert [one.id for one in answers] == [f"case {number}" for number in range(400)]
    assert [one for one in answers if one.fault or one.degraded] == []


def test_a_worker_that_ends_while_it_waits_is_seen_and_costs_nothing() -> None:
    async def work(service: Service) -> tuple[bool, Answered, int]:
        (first,) = service.status().workers
        assert first.pid
        os.kill(first.pid, signal.SIGKILL)
        until = time.monotonic() + 5
        while service.status().ready and time.monotonic() < until:
            await asyncio.sleep(0.01)
        ready = service.status().ready
        answered = await service.ask(asking("case"))
        return ready, answered, service.status().workers[0].restarts

    ready, answered, restarts = served(work)
    assert (ready, answered.body, restarts) == (False, b"CASE", 1)


@pytest.mark.parametrize("version", [DYING, BROKEN])
def test_a_version_that_cannot_be_loaded_leaves_the_answer_to_the_stable_one(version: str) -> None:
    answered = served(lambda service: service.ask(asking("case", version=version)))
    assert (answered.body, answered.fault) == (b"CASE", None)
    assert "the stable version answered" in answered.degraded


@pytest.mark.parametrize(("was_at_hand", "blamed"), [(True, 6), (False, 2)])
def test_a_version_that_was_at_hand_is_not_blamed_for_two_killed_workers(
    monkeypatch: pytest.MonkeyPatch, was_at_hand: bool, blamed: int
) -> None:
    """Nobody answers: after how many ends in a row is the version said to be of no use?"""

    async def ended(slot: Slot, batch: Batch, seconds: float) -> Done | None:
        return Done() if was_at_hand and not ends else None

    async def work() -> None:
        made = Pool(1, lambda *said: told.append(said), lambda *said: None)
        monkeypatch.setattr(made, "_exchanged", ended)
        loop = asyncio.get_running_loop()
        for number in range(1 + blamed):
            one = Waiting(asking("x"), "v", "", 0.01, 0.0, loop.create_future())
            assert await made._at_hand(made.slots[0], [one]) == (was_at_hand and number == 0)
            ends.append(number)
            if told:
                break

    ends: list[int] = []
    told: list[Any] = []
    asyncio.run(work())
    assert len(told) == 1 and len(ends) == blamed + was_at_hand


def test_a_rollout_is_not_told_what_of_this_machine_a_reason_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told: list[str] = []

    async def work(service: Service) -> None:
        service.router.unusable = lambda agent, version, reason: told.append(reason)  # type: ignore[method-assign]
        await service.ask(asking("x", version=BROKEN))

    served(work)
    assert told == ["it cannot be loaded; the server's own log says why"]
    assert "it is damaged" in capsys.readouterr().err


def test_late_and_cancelled_questions_are_never_run() -> None:
    async def work(service: Service) -> tuple[Answered, bytes]:
        slow = asyncio.ensure_future(service.ask(asking("slow")))
        await asyncio.sleep(0.05)
        late = asyncio.ensure_future(service.ask(asking("die late", seconds=0.05)))
        gone = asyncio.ensure_future(service.ask(asking("die gone")))
        await asyncio.sleep(0.01)
        gone.cancel()
        answered = await late
        return answered, (await slow).body + bytes([service.status().workers[0].restarts])

    late, rest = served(work)
    assert late.fault.code == "request.late" and rest == b"SLOW\0"


def test_a_router_that_fails_costs_nobody_an_answer() -> None:
    async def work(service: Service) -> Answered:
        def fails(asking: Asking) -> Any:
            raise RuntimeError("no")

        service.router.route = fails  # type: ignore[method-assign]
        return await service.ask(asking("case"))

    assert served(work).fault.code == "server.internal"
