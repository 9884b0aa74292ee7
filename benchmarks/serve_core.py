"""What the server costs without HTTP: `Service` beside a plain loop of `octad.ask.ask`.

    python benchmarks/serve_core.py [--workers 0] [--seconds 5] [--clients 1 8 32 64] [--times 10]

The cases are real functions of 140 to 160 tokens, none of them asked twice. N clients ask one after the
other, and wait a little where they are told to; `10 x` lets questions arrive by chance at ten times the rate
that the most clients had, with a deadline. Good is what got a report in time. Processor time is that of this
process, which is parent and clients at once, and of all workers, divided by good answers. `ask` is one
process and one thread.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.load.cases import Bodies, functions, numbered
from benchmarks.load.stable_router import StableRouter
from benchmarks.load.tree import PAGE, TICK
from octad import catalog
from octad.ask import Options, ask
from octad.registry.local import LocalRegistry
from octad.runtime import Runner
from octad.serve.exchange import Answered, Asking
from octad.serve.service import Service, WorkSettings
from octad_train.evaluate.tables import machine, table

HEAD = (
    "asked by",
    "goodput/s",
    "P50 ms",
    "P95 ms",
    "P99 ms",
    "CPU ms each",
    "of it parent",
    "not good",
    "MiB",
)


@dataclass
class Seen:
    """What was measured under one load."""

    seconds: float = 0.0
    parent: float = 0.0
    workers: float = 0.0
    resident: int = 0
    latencies: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def goodput(self) -> float:
        """Good answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def line(self, name: str) -> tuple[object, ...]:
        """A line of the table."""
        ordered, good = sorted(self.latencies) or [float("nan")], max(len(self.latencies), 1)
        at = [
            f"{1e3 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]:.1f}"
            for share in (0.5, 0.95, 0.99)
        ]
        bad = ", ".join(f"{n} {code}" for code, n in sorted(self.faults.items())) or "0"
        cpu = f"{1e3 * (self.parent + self.workers) / good:.2f}"
        return (
            name,
            f"{self.goodput:.1f}",
            *at,
            cpu,
            f"{1e3 * self.parent / good:.2f}",
            bad,
            self.resident >> 20,
        )


class Load:
    """A service and the questions that it is asked, each body used once."""

    def __init__(self, service: Service, bodies: Bodies, deadline: float) -> None:
        self.service, self.bodies, self.deadline = service, bodies, deadline
        self.number = 0

    def asking(self) -> Asking:
        """The next question."""
        self.number += 1
        body = numbered(self.bodies.bodies[self.number % len(self.bodies.bodies)].encode(), self.number)
        return Asking(str(self.number), self.bodies.agent, body, time.monotonic() + self.deadline)

    async def one(self, seen: Seen) -> Answered:
        """Ask, and count what comes of it."""
        began = time.monotonic()
        answered = await self.service.ask(self.asking())
        if answered.fault is None and not answered.degraded:
            seen.latencies.append(time.monotonic() - began)
        else:
            seen.faults[answered.fault.code if answered.fault else "degraded"] += 1
        return answered

    async def clients(self, count: int, seconds: float) -> Seen:
        """So many clients, each with one question at a time."""
        seen, until = Seen(), time.monotonic() + seconds

        async def client() -> None:
            while time.monotonic() < until:
                if (await self.one(seen)).fault is not None:
                    await asyncio.sleep(0.2)

        return await self._measured(seen, [client() for _ in range(count)])

    async def arriving(self, rate: float, seconds: float, seed: int) -> Seen:
        """Questions that arrive by chance, whatever becomes of those before."""
        seen, draw = Seen(), random.Random(seed)
        tasks: set[asyncio.Task[Answered]] = set()

        async def arrive() -> None:
            at = until = time.monotonic()
            until += seconds
            while at < until:
                at += draw.expovariate(rate)
                if (pause := at - time.monotonic()) > 0:
                    await asyncio.sleep(pause)
                task = asyncio.ensure_future(self.one(seen))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.gather(*tasks)

        return await self._measured(seen, [arrive()])

    async def _measured(self, seen: Seen, work: Sequence[Any]) -> Seen:
        pids = [one.pid for one in self.service.status().workers if one.pid]
        began, parent, workers = time.monotonic(), time.process_time(), used(pids)
        await asyncio.gather(*work)
        seen.seconds, seen.parent = time.monotonic() - began, time.process_time() - parent
        seen.workers, seen.resident = used(pids) - workers, sum(map(resident, [os.getpid(), *pids]))
        return seen


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()


def used(pids: Sequence[int]) -> float:
    """Processor seconds of some processes so far."""
    return TICK * sum(sum(map(int, _stat(pid)[11:13])) for pid in pids)


def resident(pid: int) -> int:
    """Bytes that a process holds."""
    return PAGE * int(_stat(pid)[21])


def alone(bodies: Bodies, seconds: float) -> Seen:
    """The same cases by a plain loop."""
    agent = catalog.load(bodies.agent)
    runner, seen = Runner.load(agent, threads=1), Seen()
    for number in range(20):
        ask(runner, agent.case.model_validate_json(bodies.bodies[number]), Options(evidence=False))
    began, cpu, number = time.monotonic(), time.process_time(), 0
    while time.monotonic() - began < seconds:
        at = time.monotonic()
        body = numbered(bodies.bodies[number % len(bodies.bodies)].encode(), number)
        case = agent.case.model_validate_json(body)
        ask(runner, case, Options(evidence=False)).model_dump_json()
        seen.latencies.append(time.monotonic() - at)
        number += 1
    seen.seconds, seen.parent = time.monotonic() - began, time.process_time() - cpu
    seen.resident = resident(os.getpid())
    return seen


async def served(arguments: argparse.Namespace, bodies: Bodies, folder: Path) -> list[tuple[object, ...]]:
    """The service under every load."""
    registry = LocalRegistry(folder)
    service = Service(WorkSettings((bodies.agent,), arguments.workers), registry, StableRouter(registry))
    await service.start()
    lines, best = [], 0.0
    load = Load(service, bodies, arguments.deadline)
    await load.clients(8, arguments.warm)
    for count in arguments.clients:
        seen = await load.clients(count, arguments.seconds)
        best = max(best, seen.goodput)
        lines.append(seen.line(f"{count} clients"))
        sys.stderr.write(f"{lines[-1]}\n")
    if arguments.times:
        seen = await load.arriving(arguments.times * best, 2 * arguments.seconds, arguments.seed)
        lines.append(seen.line(f"{arguments.times:g} x, {seen.goodput / best:.0%} of the best"))
    await service.stop(5)
    return lines


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=0, help="processes, 0 for one a core")
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 8, 32, 64])
    parser.add_argument("--seconds", type=float, default=5, help="of one measurement")
    parser.add_argument("--warm", type=float, default=2, help="seconds before the first")
    parser.add_argument("--times", type=float, default=10, help="so many times the capacity, 0 for never")
    parser.add_argument("--deadline", type=float, default=5, help="seconds in which an answer is good")
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(words)
    bodies = functions(arguments.functions, (140, 160), arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        lines = asyncio.run(served(arguments, bodies, Path(folder)))
    lines.append(alone(bodies, arguments.seconds).line("`ask` in a loop"))
    sys.stdout.write(table(f"The core of the server, {bodies.kind}", HEAD, lines))
    sys.stdout.write(f"\n{machine()} · seed {arguments.seed} · load {os.getloadavg()[0]:.1f} at the end\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
