"""One answer over http or https, within bounds of time and size.

Nothing else is spoken and no redirect is followed: an address that a user names must not lead to a file
or to another host.
"""

from __future__ import annotations

import http.client
import time
import urllib.request
from typing import NamedTuple
from urllib.parse import urlsplit

from octad.errors import InputError, UnreadableInput
from octad.read.contents import MAX_BYTES

TIMEOUT_S = 30.0
_CHUNK = 65_536


class Answer(NamedTuple):
    """Status and body of an answer, whatever the status is."""

    status: int
    body: bytes


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


def fetch(address: str, place: str) -> Answer:
    """What a server answers to GET; raises UnreadableInput, naming `place`, where it does not in time."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
        opener.add_handler(handler())
    deadline = time.monotonic() + TIMEOUT_S
    try:
        with opener.open(address, timeout=TIMEOUT_S) as response:
            return Answer(response.status, _body(response, deadline))
    except UnreadableInput as error:
        raise UnreadableInput(f"{place}: {error.message}", hint=error.hint) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            raise UnreadableInput(
                f"{place}: no answer in {TIMEOUT_S:g} s", hint="ask for a shorter window or longer steps"
            ) from error
        said = (getattr(reason, "strerror", None) or "").lower() or "no answer that is HTTP"
        raise UnreadableInput(f"{place}: {said}", hint="check address and server") from error


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The whole body; a server that sends a byte now and then does not hold us."""
    chunks, size = [], 0
    while chunk := response.read1(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise UnreadableInput(f"an answer of more than {MAX_BYTES:,} bytes", hint="ask for less")
        if time.monotonic() > deadline:
            raise TimeoutError
    if response.length:  # what the header promised beyond this
        raise UnreadableInput("an answer that is cut off", hint="ask again")
    return b"".join(chunks)
