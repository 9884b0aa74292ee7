"""Sends requests to a server and says what came of them: a process of its own, that measures others alone.

It reads a `Plan` as one line of JSON, warms the server up, writes `warm`, waits for a line, sends, and writes
the `Seen` as JSON. Connections are kept alive; HTTP is written and read by hand, which costs a tenth of what
the clients of libraries do.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from benchmarks.load.cases import numbered

LATE, BROKEN = "late", "broken"
"""No answer within the deadline; a connection that was refused or ended early."""
PAUSE = 0.02
"""Seconds that a client waits after what was no answer."""
LONGEST_PAUSE = 1.0
"""Seconds of a Retry-After that a client waits at most."""
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
RETRY = re.compile(rb"\r\nretry-after: *(\d+)", re.I)


@dataclass(frozen=True)
class Plan:
    """What to send where.

    With `rate` requests arrive by chance, so many a second, whatever became of those before; without, each of
    `clients` sends its next when it has the answer to its last. `requests` ends it early, 0 for never.
    `repeated` sends one body again and again. `first` is the number of the first request.
    """

    port: int
    path: str
    bodies: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    clients: int = 1
    rate: float = 0.0
    warm: float = 1.0
    seconds: float = 5.0
    requests: int = 0
    deadline: float = 5.0
    repeated: bool = False
    first: int = 0
    seed: int = 0


@dataclass
class Seen:
    """What came of it: how many by status, seconds of the good ones in time, all of it in seconds.

    `steady` counts good answers from one deadline after the beginning to the end of sending, an interval of
    `steady_seconds`; `processor` is the generator's own.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    steady: int = 0
    steady_seconds: float = 0.0
    processor: float = 0.0


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[tuple[int, float]] | None = None
        self.held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Collect the answer; give its status and the seconds to wait that it asks for."""
        self.held += data
        head, mark, body = self.held.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if mark and length is not None and len(body) >= int(length.group(1)):
            self.held = b""
            retry = RETRY.search(head)
            if self.answer is not None and not self.answer.done():
                self.answer.set_result((int(head[9:12]), float(retry.group(1)) if retry else 0.0))

    def connection_lost(self, error: Exception | None) -> None:
        """There will be no answer."""
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("closed"))

    def close(self) -> None:
        """End it."""
        if self.transport is not None:
            self.transport.abort()
            self.transport = None


class Generator:
    """Sends what a plan says and takes note."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bodies = [body.encode() for body in plan.bodies]
        self.number = plan.first
        self.idle: list[Connection] = []
        self.seen = Seen()
        self.began = 0.0
        lines = [f"POST {plan.path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in plan.headers.items()]
        self.head = "\r\n".join(lines).encode()

    def next(self) -> bytes:
        """The next request."""
        number = self.plan.first if self.plan.repeated else self.number
        self.number += 1
        body = numbered(self.bodies[number % len(self.bodies)], number)
        return b"%b\r\nContent-Length: %d\r\n\r\n%b" % (self.head, len(body), body)

    async def connection(self) -> Connection:
        """A connection that nobody uses."""
        while self.idle:
            held = self.idle.pop()
            if held.transport is not None:
                return held
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, "127.0.0.1", self.plan.port))[1]

    async def exchange(self) -> tuple[str, float]:
        """One request: its status, and the seconds that the server wants left alone."""
        request = self.next()
        connection = None
        try:
            async with asyncio.timeout(self.plan.deadline):
                connection = await self.connection()
                connection.answer = asyncio.get_running_loop().create_future()
                assert connection.transport is not None
                connection.transport.write(request)
                status, retry = await connection.answer
        except TimeoutError:
            status, retry = LATE, 0.0
        except (OSError, AssertionError):
            status, retry = BROKEN, 0.0
        if isinstance(status, int):
            assert connection is not None
            self.idle.append(connection)
            return str(status), retry
        if connection is not None:
            connection.close()
        return status, retry

    async def one(self) -> tuple[str, float]:
        """One request, noted."""
        begun = time.perf_counter()
        status, retry = await self.exchange()
        ended = time.perf_counter()
        self.seen.statuses[status] += 1
        if status.startswith("2"):
            self.seen.latencies.append(ended - begun)
            after = ended - self.began
            self.seen.steady += self.plan.deadline <= after <= self.plan.seconds
        return status, retry

    async def closed(self, seconds: float, requests: int = 0) -> None:
        """Every client sends one after the other, until time or requests are out."""
        until = time.perf_counter() + seconds
        stop = self.number + requests if requests else 0

        async def client() -> None:
            while time.perf_counter() < until and not (stop and self.number >= stop):
                status, retry = await self.one()
                if not status.startswith("2"):
                    await asyncio.sleep(min(max(retry, PAUSE), LONGEST_PAUSE))

        await asyncio.gather(*(client() for _ in range(self.plan.clients)))

    async def opened(self, seconds: float) -> None:
        """Requests arrive by chance."""
        draw = random.Random(self.plan.seed)
        tasks: set[asyncio.Task[tuple[str, float]]] = set()
        at = begun = time.perf_counter()
        while at < begun + seconds:
            at += draw.expovariate(self.plan.rate)
            # Behind time, sleeping for nothing lets the others run.
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            task = asyncio.create_task(self.one())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)

    async def run(self) -> Seen:
        """Warm up, say so, wait for a line, measure."""
        if self.plan.warm:
            await self.closed(self.plan.warm)
        sys.stdout.write("warm\n")
        sys.stdout.flush()
        sys.stdin.readline()
        self.seen = Seen()
        self.began, processor = time.perf_counter(), time.process_time()
        if self.plan.rate:
            await self.opened(self.plan.seconds)
        else:
            await self.closed(self.plan.seconds, self.plan.requests)
        self.seen.seconds = time.perf_counter() - self.began
        self.seen.steady_seconds = max(0.0, self.plan.seconds - self.plan.deadline)
        self.seen.processor = time.process_time() - processor
        for connection in self.idle:
            connection.close()
        return self.seen


def main() -> None:
    """Read a plan, carry it out, write what was seen."""
    plan = Plan(**json.loads(sys.stdin.readline()))
    with suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    seen = asyncio.run(Generator(plan).run())
    sys.stdout.write(json.dumps(vars(seen)) + "\n")


if __name__ == "__main__":
    main()
