"""What `benchmarks/serve_load.py` measures with: it counts what a server did, and sends no case twice."""

from __future__ import annotations

import asyncio
import io
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.load import cases, memory, rounds, tree
from benchmarks.load.generator import BROKEN, LATE, Generator, Plan, Seen
from octad.catalog import entries, load

ROOT = Path(__file__).resolve().parents[2]
Reply = Callable[[int], bytes | None]
"""From the number of a request to the answer; None for none at all, b"" for a closed connection."""


def reply(status: str, body: bytes = b"{}") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Server:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, answer: Reply) -> None:
        self.answer = answer
        self.asked: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                self.asked.append(await reader.readexactly(length))
                said = self.answer(len(self.asked) - 1)
                if said is not None:
                    writer.write(said)
                if said == b"":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def sent(answer: Reply, monkeypatch: pytest.MonkeyPatch, **more: object) -> tuple[Seen, Server]:
    """What a generator saw of a server."""
    held = Server(answer)
    given: dict[str, object] = {"warm": 0, "seconds": 60.0, "deadline": 30.0, **more}

    async def both() -> Seen:
        listening = await asyncio.start_server(held.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with listening:
            plan = Plan(port, "/ask", [f'{{"a": "{cases.MARK}"}}'], **given)  # type: ignore[arg-type]
            return await Generator(plan).run()

    monkeypatch.setattr(sys, "stdin", io.StringIO("go\n"))
    return asyncio.run(both()), held


def test_every_answer_is_counted_by_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [reply("200 OK"), reply("429 Too Many Requests"), reply("200 OK"), reply("500 Oh")]
    seen, server = sent(lambda n: said[n % 4], monkeypatch, clients=2, requests=40)
    assert seen.statuses == {"200": 20, "429": 10, "500": 10}
    assert len(seen.latencies) == 20
    assert len(server.asked) == 40


def test_connections_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    _, server = sent(lambda n: reply("200 OK"), monkeypatch, clients=3, requests=60)
    assert server.connections <= 3


def test_no_case_is_sent_twice_unless_it_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    _, server = sent(lambda n: reply("200 OK"), monkeypatch, clients=2, requests=30, first=5)
    assert len({json.loads(body)["a"] for body in server.asked}) == 30
    _, server = sent(lambda n: reply("200 OK"), monkeypatch, requests=30, repeated=True)
    assert len(set(server.asked)) == 1


def test_what_is_late_or_broken_is_not_good(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, _ = sent(lambda n: None, monkeypatch, requests=2, deadline=0.05)
    assert seen.statuses == {LATE: 2} and not seen.latencies
    seen, _ = sent(lambda n: b"", monkeypatch, requests=2)
    assert seen.statuses == {BROKEN: 2}


def test_an_answer_in_pieces_is_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, _ = sent(lambda n: reply("200 OK", b"x" * 500_000), monkeypatch, requests=3)
    assert seen.statuses == {"200": 3}


def test_requests_that_arrive_by_chance_wait_for_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, server = sent(lambda n: None, monkeypatch, rate=200.0, seconds=0.2, deadline=0.3)
    assert len(server.asked) > 5
    assert seen.statuses == {LATE: len(server.asked)}


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_numbered_examples_are_cases_and_no_two_are_alike(name: str) -> None:
    (body,) = cases.example(name).bodies
    made = [cases.numbered(body.encode(), number) for number in (0, 1, 10, 12_345)]
    assert len(set(made)) == 4
    for one in made:
        load(name).case.model_validate_json(one)
        assert cases.MARK.encode() not in one


def test_a_function_bears_the_number_in_its_name() -> None:
    marked = cases._renamed("def f(x):\n    return f(x.f)\n")
    assert marked == f"def f_{cases.MARK}(x):\n    return f_{cases.MARK}(x.f_{cases.MARK})\n"
    assert cases._renamed("x = 1\n") == "x = 1\n"


@pytest.fixture
def family() -> Iterator[subprocess.Popen[bytes]]:
    """A process with a child of its own, both waiting."""
    child = f"subprocess.Popen([sys.executable, '-c', {'import sys; sys.stdin.read()'!r}])"
    code = f"import subprocess, sys; p = {child}; print(p.pid, flush=True); p.wait()"
    environment = {**os.environ, tree.MARK: "some-mark"}
    command = [sys.executable, "-c", code]
    held = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    yield held
    held.communicate(timeout=30)


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="reads /proc")
def test_a_tree_is_a_process_its_children_and_what_bears_its_mark(family: subprocess.Popen[bytes]) -> None:
    assert family.stdout is not None
    child = int(family.stdout.readline())
    assert tree.tree(family.pid, "another-mark").keys() == {family.pid, child}
    assert tree.tree(0, "some-mark").keys() == {family.pid, child}
    assert tree.resident(family.pid, "another-mark") > tree.resident(child, "another-mark") > 1_000_000
    assert tree.seconds(os.getpid(), "another-mark") >= tree.seconds(family.pid, "another-mark")


def test_percentiles_are_values_that_were_seen() -> None:
    assert [rounds.percentile(range(1, 101), p) for p in (50, 95, 99)] == [50, 95, 99]
    assert rounds.percentile([3.0], 99) == 3.0
    assert math.isnan(rounds.percentile([], 50))


def test_the_slope_of_memory_leaves_the_beginning_out() -> None:
    grown = [(i / 100, 500.0 if i < 20 else 600.0 + i / 100) for i in range(100)]
    assert memory.Followed(good=10_000, samples=grown).slope == pytest.approx(1.0)
    flat = [(i / 100, 100.0 * i if i < 20 else 600.0) for i in range(100)]
    assert memory.Followed(good=10_000, samples=flat).slope == pytest.approx(0.0)
