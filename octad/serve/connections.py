"""Connections that nobody can hold for nothing: heads in bounds of size and time, readers that must read.

uvicorn parses HTTP and speaks it; what is added here is what it leaves to a proxy.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from octad.serve.errors import body_of, headers_of
from octad.serve.faults import Fault, fault
from octad.serve.settings import Limits

MOST_HEADERS = 100
PATIENCE = 10
"""How many times `send_s` an answer may take altogether."""
_NO_HTTP = Fault("request.headers", 400, "this is no HTTP that can be read", "ask with another client")
_FULL = Fault("server.overloaded", 503, "too many connections", "ask again later", True, 1.0)


class Connection(HttpToolsProtocol):
    """One connection; `look` is called every second or so and ends it where it is late."""

    def __init__(self, config: Config, server_state: ServerState, limits: Limits) -> None:
        super().__init__(config, server_state, {})
        self._limits = limits
        self._head_since: float | None = None
        self._in_body = self._has_spoken = self._is_last = False
        self._head = self._framing = self._delivered = 0
        self._wrong: Fault = _NO_HTTP
        self._unsent: tuple[int, float, float] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head, or refuse where there are too many already."""
        super().connection_made(transport)
        self._head_since = self.loop.time()
        if len(self.connections) > self._limits.connections:
            self._refuse(_FULL)

    def data_received(self, data: bytes) -> None:
        """Take what comes, and count what is no body: a head, or the frames of chunks."""
        if self.transport.is_closing():
            return
        self._has_spoken = True
        if self._head_since is None and not self._in_body:
            self._head_since = self.loop.time()
        self._delivered = 0
        super().data_received(data)
        if self._in_body:
            self._framing += len(data) - self._delivered
            if self._framing > self._limits.framing:
                self._refuse(fault("request.large", "more frames than body", "send larger chunks"))
        elif self._head_since is not None:
            self._head += len(data)
            if self._head > self._limits.headers:
                self._refuse(self._too_long())

    def on_message_begin(self) -> None:
        """A head begins; empty lines before it count as one."""
        super().on_message_begin()
        self._head, self._head_since = 0, self._head_since or self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; one that comes behind the body is no part of the head, whatever its name."""
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there; refused where it is too large, or says how long its body is in two ways."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self._limits.headers or len(self.headers) > MOST_HEADERS:
            self._wrong = self._too_long()
            raise httptools.HttpParserError
        super().on_headers_complete()
        if self._is_last:
            self.cycle.keep_alive = False
        self._head_since, self._in_body, self._framing = None, True, 0

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._delivered += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body is there."""
        super().on_message_complete()
        self._in_body = False

    def shutdown(self) -> None:
        """Ask for no more; who has just connected, and not yet asked, is told so when it does."""
        self._is_last = True
        if self.cycle is not None:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser did not understand."""
        self._refuse(self._wrong)

    def look(self, now: float) -> None:
        """End the connection where its head, or whoever reads an answer, is late."""
        if self._head_since is not None and now - self._head_since > self._limits.headers_s:
            if self._has_spoken and not self._is_answering():
                seconds = f"{self._limits.headers_s:g} s"
                self._refuse(fault("request.slow", f"no head within {seconds}", "send it faster"))
            else:
                self.transport.abort()
            return
        size = self.transport.get_write_buffer_size()
        if not size:
            self._unsent = None
        elif self._unsent is None or size < self._unsent[0]:
            self._unsent = size, now, self._unsent[2] if self._unsent else now
        if self._unsent is not None:
            _, moved, began = self._unsent
            if now - moved > self._limits.send_s or now - began > PATIENCE * self._limits.send_s:
                self.transport.abort()

    def _is_answering(self) -> bool:
        """Whether an answer to an earlier request is on its way."""
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _too_long(self) -> Fault:
        most = f"{self._limits.headers:,} bytes or {MOST_HEADERS} headers"
        return fault("request.headers", f"a head of more than {most}", "send less in it")

    def _refuse(self, wrong: Fault) -> None:
        """Answer with a fault and end the connection."""
        if self.transport.is_closing():
            return
        body = body_of(wrong, "")
        head = {**headers_of(wrong), "content-length": str(len(body)), "connection": "close"}
        lines = [f"{name}: {value}\r\n".encode() for name, value in head.items()]
        if not (self._is_answering() and self.cycle.response_started):
            self.transport.write(b"".join([STATUS_LINE[wrong.status], *lines, b"\r\n", body]))
        self._head_since = None
        self.transport.close()


def look_at_all(connections: Any, now: float) -> None:
    """Let every connection see whether it is late."""
    for one in list(connections):
        with suppress(RuntimeError):
            one.look(now)
