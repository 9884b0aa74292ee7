"""Heads that are slow, large or no HTTP; readers that do not read; the limit of connections."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from octad.serve.exchange import Answered, Asking
from octad.serve.settings import Limits
from tests.served import DIGEST, Scripted, Served, listening, raw

LIMITS = Limits(headers_s=0.3, body_s=0.3, send_s=0.3, connections=20, headers=4_096, framing=2_000, rate=1e6)


async def large(asking: Asking) -> Answered:
    body = b'{"text": "' + b"x" * (24 << 20) + b'"}'
    return Answered(id=asking.id, body=body if asking.body == b"[1]" else b"{}", version=DIGEST)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    service = Scripted(by=large)
    found = Served(tmp_path_factory.mktemp("served"), service, port=0, limits=LIMITS)
    with pytest.MonkeyPatch.context() as patch, listening(found, service):
        patch.setattr("octad.serve.run._TICKS", 1)
        yield found


def parsed(answer: bytes) -> tuple[int, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def live(served: Served) -> bool:
    answer = raw(served, b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    return parsed(answer) == (200, {"live": True})


def ask(served: Served, body: bytes, *more: str) -> bytes:
    name = next(iter(served.context.agents))
    head = [
        f"POST /v1/agents/{name} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
        f"Authorization: Bearer {served.plain['infer']}", *more,
    ]  # fmt: skip
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def test_it_answers(served: Served) -> None:
    assert live(served)
    answer = raw(served, ask(served, b"{}", "Content-Length: 2", "Connection: close"))
    assert parsed(answer) == (200, {})


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01", b"HELLO\r\n\r\n", b"GET / HTTP/1.1\r\nA B: c\r\n\r\n",
     b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
     b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
)  # fmt: skip
def test_what_is_no_http_is_refused_in_the_one_shape(served: Served, data: bytes) -> None:
    status, told = parsed(raw(served, data))
    assert (status, told["error"]["code"]) == (400, "request.headers")
    assert live(served)


@pytest.mark.parametrize(
    "head",
    [b"A: " + b"x" * 5_000, b"\r\n".join(b"A%d: b" % at for at in range(120)), b"A: " + b"x" * 900_000],
)
def test_a_large_head_is_refused(served: Served, head: bytes) -> None:
    status, told = parsed(raw(served, b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + b"\r\n\r\n"))
    assert (status, told["error"]["code"]) == (431, "request.headers")
    status, _ = parsed(raw(served, b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))
    assert status == 431


def test_a_head_that_never_ends_is_refused(served: Served) -> None:
    status, _ = parsed(raw(served, b"GET /live HTTP/1.1\r\nA: " + b"x" * (5 << 20)))
    assert status == 431


@pytest.mark.parametrize("data", [b"GET /live HTTP/1.1\r\nHo", b"\r\n\r\n\r\n"])
def test_a_slow_head_is_ended(served: Served, data: bytes) -> None:
    status, told = parsed(raw(served, data, pause=0.02))
    assert (status, told["error"]["code"]) == (408, "request.slow")


def test_who_says_nothing_is_let_go(served: Served) -> None:
    assert raw(served, b"") == b""


def test_a_slow_body_is_ended(served: Served) -> None:
    status, told = parsed(raw(served, ask(served, b'{"a', "Content-Length: 20")))
    assert (status, told["error"]["code"]) == (408, "request.slow")


def test_chunks_of_one_byte_are_read_as_far_as_their_frames_go(served: Served) -> None:
    few, many = (b"".join(b"1\r\n%c\r\n" % one for one in text) for text in (b"[[]]", b"[" + b" " * 900))
    chunked = "Transfer-Encoding: chunked"
    assert parsed(raw(served, ask(served, few + b"0\r\n\r\n", chunked, "Connection: close")))[0] == 200
    status, told = parsed(raw(served, ask(served, many, chunked)))
    assert (status, told["error"]["code"]) == (413, "request.large")


def test_endless_trailers_are_refused(served: Served) -> None:
    data = b"2\r\n[]\r\n0\r\nA: " + b"x" * 300_000
    assert parsed(raw(served, ask(served, data, "Transfer-Encoding: chunked")))[0] in (400, 413)


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "Content-Encoding"])
def test_a_header_behind_the_body_is_none(served: Served, name: str) -> None:
    data = b"2\r\n{}\r\n0\r\n" + name.encode() + b": x\r\n\r\n"
    answer = raw(served, ask(served, data, "Transfer-Encoding: chunked", "Connection: close"))
    assert parsed(answer) == (200, {})


def test_a_body_that_is_coded_on_its_way_is_not_read_as_it_is(served: Served) -> None:
    data = b"2\r\n{}\r\n0\r\n\r\n"
    status, told = parsed(raw(served, ask(served, data, "Transfer-Encoding: gzip, chunked")))
    assert (status, told["error"]["code"]) == (415, "request.type")


def test_who_does_not_read_is_let_go(served: Served) -> None:
    port = int(served.address.rpartition(":")[2])
    with socket.socket() as connected:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connected.connect(("127.0.0.1", port))
        connected.sendall(ask(served, b"[1]", "Content-Length: 3"))
        until = time.monotonic() + 8
        while served.context.traffic.running and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1.2)
        connected.settimeout(5)
        size = 0
        with pytest.raises(ConnectionResetError):
            while piece := connected.recv(1 << 20):
                size += len(piece)
            raise ConnectionResetError if size < (24 << 20) else AssertionError("all of it came")
    assert live(served)


def test_more_connections_than_there_may_be_are_refused(served: Served) -> None:
    port = int(served.address.rpartition(":")[2])
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(25)]
        held[-1].settimeout(5)
        status, told = parsed(held[-1].recv(1 << 16))
        assert (status, told["error"]["code"], told["error"]["retry"]) == (503, "server.overloaded", True)
    time.sleep(0.05)
    assert live(served)
