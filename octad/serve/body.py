"""Reads the body of a request: bounded in bytes, in time, and in what it becomes when it is unpacked."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from octad.serve.errors import ClientGone, refusal
from octad.serve.settings import Limits

Receive = Callable[[], Awaitable[Any]]
Headers = Mapping[str, str]
TOO_LARGE = "ask about less at once"


class Held:
    """Bytes of the bodies that all requests together hold."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.size = 0

    def take(self, count: int) -> None:
        """Count some more; raises Refusal (429) where that would be too many."""
        if self.size + count > self._most:
            raise refusal("server.overloaded", "too much is being asked at once", "ask again later")
        self.size += count

    def give(self, count: int) -> None:
        """Count some less."""
        self.size -= count


async def read_body(receive: Receive, headers: Headers, limits: Limits, held: Held) -> bytearray:
    """The whole body, unpacked, its bytes counted in `held`.

    Raises Refusal, or ClientGone where it breaks off; then nothing of it stays counted.
    """
    declared = _check_head(headers, limits)
    reading = _Reading(_unpacker(headers, limits), limits, held, declared)
    try:
        async with asyncio.timeout(limits.body_s):
            while await reading.more(receive):
                pass
        reading.end()
    except TimeoutError as error:
        held.give(len(reading.body))
        hint = "send it faster, or less of it"
        raise refusal("request.slow", f"no body within {limits.body_s:g} s", hint) from error
    except BaseException:
        held.give(len(reading.body))
        raise
    return reading.body


class _Reading:
    """A body that comes piece by piece."""

    def __init__(self, unpack: _Plain | _Gzip, limits: Limits, held: Held, declared: int | None) -> None:
        self.body = bytearray()
        self._unpack, self._limits, self._held, self._declared = unpack, limits, held, declared
        self._sent = 0

    async def more(self, receive: Receive) -> bool:
        """Take a piece; whether there are more. Raises Refusal before too much is kept."""
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        self._sent += len(piece)
        if self._sent > self._limits.body:
            raise _too_large(self._limits.body)
        if self._declared is not None and self._sent > self._declared:
            raise refusal("request.json", "more than Content-Length says", "send as much as it says")
        unpacked = self._unpack.piece(piece)
        self._held.take(len(unpacked))
        self.body += unpacked
        return bool(message.get("more_body", False))

    def end(self) -> None:
        """Check that the body is whole; raises Refusal."""
        if self._declared is not None and self._sent < self._declared:
            raise refusal("request.json", "less than Content-Length says", "send as much as it says")
        self._unpack.end()


class _Plain:
    """A body as it is."""

    def piece(self, data: bytes) -> bytes:
        return data

    def end(self) -> None:
        return None


class _Gzip:
    """A body that is packed; never more is unpacked than may be."""

    def __init__(self, most: int) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self._most = self._left = most

    def piece(self, data: bytes) -> bytes:
        """What a piece unpacks to; raises Refusal."""
        if self._stream.eof and data:
            raise _not_gzip()
        try:
            found = self._stream.decompress(data, self._left + 1)
        except zlib.error as error:
            raise _not_gzip() from error
        self._left -= len(found)
        if self._left < 0:
            raise _too_large(self._most, " unpacked")
        if self._stream.unused_data:
            raise _not_gzip()
        return found

    def end(self) -> None:
        """Raise Refusal where the end is missing."""
        if not self._stream.eof:
            raise _not_gzip()


def _check_head(headers: Headers, limits: Limits) -> int | None:
    """The length that is declared; raises Refusal for what need not be read to be refused."""
    kind, _, rest = headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json":
        raise refusal(
            "request.type", "the body is not application/json", "send Content-Type: application/json"
        )
    if "charset" in rest.lower() and "utf-8" not in rest.lower():
        raise refusal("request.type", "the body is not in UTF-8", "send JSON in UTF-8")
    if headers.get("transfer-encoding", "chunked").strip().lower() != "chunked":
        raise refusal(
            "request.type", "a Transfer-Encoding that is not read", "send it in chunks, or as it is"
        )
    declared = headers.get("content-length")
    if declared is None:
        return None
    if not declared.isascii() or not declared.isdigit() or len(declared) > 18:
        raise refusal("request.json", "a Content-Length that is no length", "send one that is")
    if int(declared) > limits.body:
        raise _too_large(limits.body)
    return int(declared)


def _unpacker(headers: Headers, limits: Limits) -> _Plain | _Gzip:
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip"):
        raise refusal("request.type", "a Content-Encoding that is not read", "send it as it is, or as gzip")
    return _Gzip(limits.expanded) if coding == "gzip" else _Plain()


def _too_large(most: int, how: str = "") -> Exception:
    return refusal("request.large", f"a body of more than {most:,} bytes{how}", TOO_LARGE)


def _not_gzip() -> Exception:
    return refusal("request.json", "the body is not whole gzip", "send all of one gzip member")
