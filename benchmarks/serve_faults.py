"""What faults of workers and of the server cost: counts of answers, lost, wrong and run in vain.

    python benchmarks/serve_faults.py [--questions 3000] [--kills 40] [--moves 200] [--terms 20] [--seed 0]

A scripted worker (tests/unit/serve/odd_worker.py) answers where the model does not matter; signals go to a
real `octad serve` with one agent. The control is a pool that does not ask again after a death: that it loses
answers has to be noticed. Exit 1 where a promise is broken. `--terms 0` leaves the real server out.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.load import targets, tree
from benchmarks.load.cases import MARK, Bodies, example
from benchmarks.load.stable_router import StableRouter
from octad.host.resident import resident
from octad.registry.base import Version
from octad.serve import pool
from octad.serve.exchange import Answered, Asking
from octad.serve.pool import Pool
from octad.serve.service import Service, WorkSettings
from octad_train.evaluate.tables import machine, table

COMMAND = ("-m", "tests.unit.serve.odd_worker")
DRAIN = 10.0
"""Seconds in which a server ends after SIGTERM."""
CLIENTS = 8


class Row(NamedTuple):
    """One promise: what was done, how often, what came of it, whether it was kept."""

    what: str
    times: int
    seen: str
    kept: bool


class Shelf:
    """A registry whose stable version moves between two."""

    def __init__(self) -> None:
        self.stable = "a" * 64

    def get(self, agent: str, reference: str) -> tuple[Path | None, Version]:
        """The version of a reference."""
        digest = self.stable if reference == "stable" else reference
        return Path("sound"), Version(digest=digest, agent=agent, version="1", created=0, size=1)

    def aliases(self, agent: str) -> dict[str, str]:
        """Only the stable one has a name."""
        return {"stable": self.stable}


def asking(body: str, seconds: float = 120) -> Asking:
    """A question with a deadline."""
    return Asking(body, "agent", body.encode(), time.monotonic() + seconds)


def served(work: Callable[[Service, Shelf], Coroutine[Any, Any, Row]]) -> Row:
    """What comes of work with a service over scripted workers."""

    async def run() -> Row:
        shelf: Any = Shelf()
        settings = WorkSettings(("agent",), 2, longest_wait=120.0, most_waiting=10**6, command=COMMAND)
        service = Service(settings, shelf, StableRouter(shelf))
        await service.start()
        try:
            return await work(service, shelf)
        finally:
            await service.stop(5)

    return asyncio.run(run())


def is_right(body: str, answered: Answered) -> bool:
    """Whether it is the answer to this question, from the version that was asked."""
    return answered.id == body and answered.body == body.upper().encode() and not answered.degraded


def poisoned(count: int, draw: random.Random) -> Row:
    """Of each batch only the poisoned questions fail."""
    bad = {number: f"raise {number}" for number in draw.sample(range(count), count // 50)}
    bad |= {number: f"die {number}" for number in draw.sample(range(count), 4)}
    bodies = [bad.get(number, f"case {number}") for number in range(count)]

    async def work(service: Service, shelf: Shelf) -> Row:
        answers = await asyncio.gather(*(service.ask(asking(body)) for body in bodies))
        others = sum(not is_right(b, a) for n, (b, a) in enumerate(zip(bodies, answers, strict=True))
                     if n not in bad)  # fmt: skip
        unseen = sum(answers[number].fault is None for number in bad)
        seen = f"{len(bad)} poisoned, {unseen} of them answered, {others} others harmed"
        return Row("poisoned questions in batches", count, seen, not unseen and not others)

    return served(work)


def killed(count: int, kills: int, draw: random.Random) -> Row:
    """Each question has one final answer while workers are killed, which may be a fault or a fallback.

    Two kills while a version loads look like a version that ends its workers.
    """

    async def work(service: Service, shelf: Shelf) -> Row:
        at, tasks = set(draw.sample(range(count), kills)), []
        for number in range(count):
            tasks.append(asyncio.ensure_future(service.ask(asking(f"case {number}"))))
            pids = [one.pid for one in service.status().workers if one.pid]
            if number in at and pids:
                os.kill(draw.choice(pids), signal.SIGKILL)
            await asyncio.sleep(0.004)
        done, lost = await asyncio.wait(tasks, timeout=60)
        for task in lost:
            task.cancel()
        answers = [(f"case {number}", task.result()) for number, task in enumerate(tasks) if task in done]
        faults = sum(one.fault is not None for _, one in answers)
        degraded = sum(bool(one.degraded) for _, one in answers)
        wrong = sum(one.id != body or (one.fault is None and one.body != body.upper().encode())
                    for body, one in answers)  # fmt: skip
        seen = f"{kills} kills, {len(lost)} lost, {wrong} wrong, {faults} faults, {degraded} degraded"
        return Row("workers killed -9", count, seen, not lost and not wrong)

    return served(work)


def hung() -> Row:
    """A worker that hangs is ended; the others' questions are answered."""
    least, pool.LEAST_S = pool.LEAST_S, 1.0
    try:

        async def work(service: Service, shelf: Shelf) -> Row:
            began, bodies = time.monotonic(), ["hang", *(f"case {number}" for number in range(50))]
            first, *others = await asyncio.gather(*(service.ask(asking(body)) for body in bodies))
            harmed = sum(not is_right(b, a) for b, a in zip(bodies[1:], others, strict=True))
            seen = f"noticed after {time.monotonic() - began:.1f} s with its repeat, {harmed} others harmed"
            return Row("hung worker, given up after 1 s", 1, seen, first.fault is not None and not harmed)

        return served(work)
    finally:
        pool.LEAST_S = least


def control() -> Row:
    """A pool that does not ask again must be noticed."""
    sound = Pool.put

    def put(self: Pool, waiting: Any) -> None:
        if not waiting.crashes:
            sound(self, waiting)
            return
        waiting.outcome.cancel()

    Pool.put = put  # type: ignore[method-assign]
    try:
        bodies = [f"{'die' if number == 3 else 'case'} {number}" for number in range(40)]

        async def work(service: Service, shelf: Shelf) -> Row:
            tasks = [asyncio.ensure_future(service.ask(asking(body))) for body in bodies]
            await asyncio.wait(tasks, timeout=10)
            lost = sum(task.cancelled() or not task.done() for task in tasks)
            return Row("control: nothing is asked again", len(bodies), f"{lost} lost", lost > 0)

        return served(work)
    finally:
        Pool.put = sound  # type: ignore[method-assign]


def in_vain(count: int) -> Row:
    """Late and cancelled questions are not run: each would end its worker."""

    async def work(service: Service, shelf: Shelf) -> Row:
        slow = [asyncio.ensure_future(service.ask(asking(f"slow {number}"))) for number in range(8)]
        await asyncio.sleep(0.05)
        late = [asyncio.ensure_future(service.ask(asking(f"die {n}", 0.05))) for n in range(count)]
        gone = [asyncio.ensure_future(service.ask(asking(f"die gone {n}"))) for n in range(count)]
        await asyncio.sleep(0.01)
        for task in gone:
            task.cancel()
        codes = [one.fault.code if one.fault else "" for one in await asyncio.gather(*late)]
        await asyncio.gather(*slow)
        ran = sum(one.restarts for one in service.status().workers)
        told = sum(code in ("request.late", "server.overloaded") for code in codes)
        seen = f"{told} of {count} late ones told so, {ran} late or cancelled run"
        return Row("late and cancelled questions", 2 * count, seen, told == count and not ran)

    return served(work)


def moved(moves: int) -> Row:
    """The stable version moves under load."""

    async def work(service: Service, shelf: Shelf) -> Row:
        before, wrong = resident(os.getpid()), 0
        for move in range(moves):
            shelf.stable = ("a" if move % 2 else "b") * 64
            bodies = [f"case {move} {number}" for number in range(20)]
            answers = await asyncio.gather(*(service.ask(asking(body)) for body in bodies))
            wrong += sum(not is_right(b, a) for b, a in zip(bodies, answers, strict=True))
        after = resident(os.getpid())
        seen = f"{wrong} errors in {20 * moves}, {before >> 20} MiB before, {after >> 20} after"
        return Row("moves of the stable version", moves, seen, not wrong and after - before < 64 << 20)

    return served(work)


def asked(running: targets.Running, body: bytes, stop: threading.Event, tally: list[str]) -> None:
    """Ask a real server until it takes nothing more; say which questions it took and left unanswered."""
    path = running.target.path(running.target.agents[0])
    headers = {"Content-Type": "application/json", **running.headers}
    number = 0
    while True:
        is_before, number = not stop.is_set(), number + 1
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        try:
            connection.request("POST", path, body.replace(MARK.encode(), str(number).encode()), headers)
            reply = connection.getresponse()
            said = reply.read()
            is_refused = reply.status == 429 or (reply.status == 503 and b"the server stops" in said)
            is_answered = reply.status == 200
            tally.append("answered" if is_answered else "refused" if is_refused else f"is {reply.status}")
            if reply.status == 503:
                return
        except OSError as error:
            is_refused = isinstance(error, ConnectionRefusedError) or not is_before
            tally.append("refused" if is_refused else "lost")
            return
        except http.client.HTTPException:
            tally.append("lost" if is_before else "refused")
            return
        finally:
            connection.close()


def ended(running: targets.Running, body: bytes, number: signal.Signals) -> tuple[float, list[str], int]:
    """A signal under load: seconds until it ended, what became of questions, workers left behind."""
    stop, tally = threading.Event(), list[str]()
    clients = [threading.Thread(target=asked, args=(running, body, stop, tally)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(0.5)
    held = set(tree.tree(running.process.pid, running.mark)) - {running.process.pid}
    stop.set()
    began = time.monotonic()
    running.process.send_signal(number)
    running.process.wait(60)
    seconds = time.monotonic() - began
    for client in clients:
        client.join()
    time.sleep(1)
    return seconds, tally, len([pid for pid in held if Path(f"/proc/{pid}/exe").exists()])


def signalled(times: int, bodies: Bodies) -> Iterator[Row]:
    """A real server and SIGTERM so often, then SIGKILL."""
    target = targets.default(targets.OCTAD, None, (bodies.agent,))
    longest, tally, left = 0.0, list[str](), 0
    for turn in range(times + 1):
        number = signal.SIGTERM if turn < times else signal.SIGKILL
        with targets.started(target, bodies) as running:
            seconds, said, behind = ended(running, bodies.bodies[0].encode(), number)
        if number is signal.SIGKILL:
            yield Row("server killed -9", 1, f"{behind} workers left", not behind)
            break
        longest, left = max(longest, seconds), left + behind
        tally += said
    wrong = len(tally) - tally.count("answered") - tally.count("refused")
    seen = f"{tally.count('answered')} answered, {wrong} lost or wrong, {left} left, {longest:.1f} s at most"
    yield Row("SIGTERM under load", times, seen, not wrong and not left and longest <= DRAIN)


def main(words: Sequence[str] | None = None) -> int:
    """Break things, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=3_000)
    parser.add_argument("--kills", type=int, default=40, help="of workers, among the questions")
    parser.add_argument("--moves", type=int, default=200, help="of the stable version")
    parser.add_argument("--terms", type=int, default=20, help="SIGTERMs to a real server, 0 for none")
    parser.add_argument("--agent", default="debugger", help="that the real server has")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(words)
    os.environ["PYTHONPATH"] = str(targets.ROOT)
    draw = random.Random(arguments.seed)
    rows = [
        poisoned(arguments.questions, draw),
        killed(arguments.questions, arguments.kills, draw),
        hung(),
        in_vain(100),
        moved(arguments.moves),
        control(),
    ]
    if arguments.terms:
        rows += signalled(arguments.terms, example(arguments.agent))
    lines = [(*row[:3], "yes" if row.kept else "NO") for row in rows]
    sys.stdout.write(table("Faults of the server", ("what", "times", "seen", "kept"), lines))
    sys.stdout.write(f"\n{machine()} · seed {arguments.seed}\n")
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
