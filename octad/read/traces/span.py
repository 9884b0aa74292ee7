"""One span as the formats give it, and the helpers that all of them need to read one safely."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from octad.read.instants import UNITS

Attributes = Mapping[str, Any]
NOBODY = "unknown"
"""The service of spans that name none."""
NANOSECONDS = 1_000_000_000
LATEST = 1 << 62
_NO_PARENT = frozenset({"", "0", "-1", "null", "none", "nan", "nil", "root", "undefined"})
_BASE64 = {12: 8, 24: 16}
"""Characters of a base64 id, and the bytes in it."""


class Kind(IntEnum):
    """What a span is of a call, numbered as OpenTelemetry does."""

    UNKNOWN = 0
    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class Peer(NamedTuple):
    """Whom a client calls, as it names it; `kind` is that of a node of a graph."""

    name: str
    kind: str


class Span(NamedTuple):
    """One step of one request; times in nanoseconds, `parent` empty where it has none."""

    trace: str
    id: str
    parent: str
    service: str
    kind: Kind
    start: int
    duration: int
    error: bool
    peer: Peer | None = None


def identity(value: object) -> str:
    """An id as all of its spellings are compared: hex without leading zeros, empty for none."""
    found = text(value).strip()
    if found.endswith("=") and (size := _BASE64.get(len(found))):
        try:
            raw = base64.b64decode(found, validate=True)
            found = raw.hex() if len(raw) == size else found
        except (binascii.Error, ValueError):
            pass
    found = found.lower()
    return "" if found in _NO_PARENT else found.lstrip("0")


def kind_of(value: object) -> Kind:
    """The kind that a number or a name stands for: 3, `CLIENT`, `SPAN_KIND_CLIENT`, `SpanKind.CLIENT`."""
    return _kind_of(text(value)[:40])


@lru_cache(maxsize=256)
def _kind_of(said: str) -> Kind:
    name = said.strip().upper()
    kinds = (one for one in Kind if name.endswith(one.name) or name == str(one.value))
    return next(kinds, Kind.UNKNOWN)


def text(value: object) -> str:
    """What is a string or a number as text, empty for anything else; never half a character."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def whole(value: object) -> int | None:
    """A whole number, as a number or as text; None for anything else, or for one beyond all times."""
    try:
        found = int(value if isinstance(value, int | float) else text(value)[:40])
    except (ValueError, OverflowError):
        return None
    return found if -LATEST < found < LATEST else None


def nanoseconds(value: object) -> int | None:
    """Nanoseconds of a Unix time in seconds, milli-, micro- or nanoseconds, told by its size."""
    number: int | float | None = value if isinstance(value, float) else whole(value)
    if number is None or not math.isfinite(number):
        return None
    for below, per_second in UNITS:
        if abs(number) < below:
            return int(number * (NANOSECONDS // int(per_second)))
    return None


def dicts(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a list; nothing for what is no list."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def inner(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The first object under one of these names, empty without one."""
    return next((found for name in names if isinstance(found := value.get(name), dict)), {})
