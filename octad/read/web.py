"""One question over http or https and its answer, within bounds of time and size.

Nothing else is spoken and no redirect is followed: an address that a user names must not lead to a file
or to another host.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import threading
import time
import urllib.request
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from octad.budget import current
from octad.errors import InputError, UnreadableInput
from octad.read.contents import MAX_BYTES

TIMEOUT_S = 30.0
_CHUNK = 65_536


class Question(NamedTuple):
    """What is asked of a server; an answer may have `most` bytes."""

    address: str
    method: str = "GET"
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes | None = None
    most: int = MAX_BYTES


class Answer(NamedTuple):
    """Status, body and head of an answer, whatever the status is; names in its head are in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})


def checked_address(url: str, hint: str) -> str:
    """The address without a slash at its end; raises InputError for what is none."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or not url.isascii() or not url.isprintable() or " " in url:
        raise InputError("not an address that starts with http:// or https://", hint=hint)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InputError("an address with a user, a query or a fragment", hint=hint)
    return url.rstrip("/")


class TooMuch(UnreadableInput):
    """An answer of more than is read: less may be asked for."""


def deadline() -> float:
    """When an exchange that begins now must be over, on the monotonic clock: no later than the run."""
    return time.monotonic() + current().seconds_left(TIMEOUT_S)


def fetch(address: str, place: str, until: float) -> Answer:
    """What a server answers to GET; raises as `exchange` does."""
    return exchange(Question(address, most=MAX_BYTES), place, until)


def exchange(question: Question, place: str, until: float) -> Answer:
    """What a server answers; raises UnreadableInput, naming `place`, where it does not in time.

    The name is looked up, the connection made, and head and body read before the deadline `until`, however
    slowly or endlessly the server sends. The exchange runs in a thread of its own, since looking up names
    knows no deadline; what is left behind of it then ends with its connection.
    """
    seconds = max(until - time.monotonic(), 0.001)
    running = _Exchange(question, until)
    running.start()
    running.join(seconds)
    try:
        return running.answer()
    except UnreadableInput as error:
        raise type(error)(f"{place}: {error.message}", hint=error.hint) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            said = current().spent() or f"no answer in {TIMEOUT_S:g} s"
            raise UnreadableInput(
                f"{place}: {said}", hint="ask for a shorter window or longer steps"
            ) from error
        said = (getattr(reason, "strerror", None) or "").lower() or "no answer that is HTTP"
        raise UnreadableInput(f"{place}: {said}", hint="check address and server") from error


class _Exchange(threading.Thread):
    """One question to a server and its answer, or what came of it."""

    def __init__(self, question: Question, until: float) -> None:
        super().__init__(name="octad-fetch", daemon=True)
        self._question = question
        self._until = until
        self._found: Answer | Exception = TimeoutError()

    def run(self) -> None:
        """Ask; what is raised is kept for who waits."""
        try:
            address, method, headers, body, most = self._question
            opener = urllib.request.OpenerDirector()
            if not _is_here(address):
                opener.add_handler(urllib.request.ProxyHandler())
            opener.add_handler(_Connecting(self._until))
            request = urllib.request.Request(address, body, dict(headers), method=method)
            with opener.open(request, timeout=max(self._until - time.monotonic(), 0.001)) as response:
                head = {name.lower(): value for name, value in response.headers.items()}
                self._found = Answer(response.status, _body(response, most), head)
        except Exception as error:
            self._found = error

    def answer(self) -> Answer:
        """The answer; raises what the exchange ended with, TimeoutError where it has not ended."""
        found = self._found
        if isinstance(found, Exception):
            raise found
        return found


class _Connecting(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Speaks HTTP, plain and encrypted, and reads nothing after a deadline."""

    def __init__(self, until: float) -> None:
        super().__init__()
        self._until = until

    def do_open(self, http_class: Any, req: urllib.request.Request, **arguments: Any) -> Any:
        """Make the connection that is asked for, with what reads from it in time."""

        def made(host: str, **given: Any) -> http.client.HTTPConnection:
            connection: http.client.HTTPConnection = http_class(host, **given)
            connect = connection.connect

            def in_time() -> None:
                connect()
                connection.sock = cast(socket.socket, _InTime(connection.sock, self._until))

            setattr(connection, "connect", in_time)  # noqa: B010
            return connection

        return super().do_open(made, req, **arguments)


class _InTime:
    """What http.client needs of a socket, reading within a deadline."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket = connected
        self._until = until
        self.sendall, self.close = connected.sendall, connected.close

    def makefile(self, mode: str) -> io.BufferedReader:
        """The side that is read; the connection stays open until it is closed."""
        return io.BufferedReader(_Reading(self._socket, self._until), _CHUNK)


class _Reading(io.RawIOBase):
    """Bytes of a socket; each read waits until the deadline of them all, and no longer."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket = connected
        self._raw = connected.makefile("rb", buffering=0)
        self._until = until

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Bytes as they come; raises TimeoutError at the deadline."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let the connection go."""
        self._raw.close()
        super().close()


def _is_here(address: str) -> bool:
    """Whether an address is one of this machine, to which no proxy leads."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    """The whole body, of so many bytes at most."""
    chunks, size = [], 0
    while chunk := response.read1(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise TooMuch(f"an answer of more than {most:,} bytes", hint="ask for less")
    if response.length:  # what the header promised beyond this
        raise UnreadableInput("an answer that is cut off", hint="ask again")
    return b"".join(chunks)
