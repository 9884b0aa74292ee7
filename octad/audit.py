"""Who did what, in a file that only grows: every entry carries a digest of itself and of the one before.

An entry is on the disk before what it tells of is done: of what was done there is always one, and one may
be of what then failed. Whoever changes, removes or moves an entry breaks the chain; only the last ones can be
cut off unseen, which `verify(last)` sees by the digest of one that was written down elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import Field

from octad.errors import StoreError, UnreadableInput
from octad.host.files import opened
from octad.host.lines import LONGEST, append
from octad.records.base import Moment, Record

FIRST = "0" * 64
"""What stands for the digest of the entry before the first."""
LARGEST = 1 << 32
"""Bytes of a log: some ten million entries."""
HIDDEN = "(hidden)"
_SECRET = re.compile(r"token|secret|passw|credential|authori[sz]ation|cookie|api_?key", re.IGNORECASE)
"""In the name of a detail whose value is not written."""
_MOST = 32
_LENGTH = 1_000

Text = Annotated[str, Field(max_length=_LENGTH)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def actor_here() -> str:
    """Who acts on this machine: the name in OCTAD_ACTOR, else that of the user."""
    names = (os.environ.get(name, "").strip() for name in ("OCTAD_ACTOR", "USER", "LOGNAME", "USERNAME"))
    return _cut(next(filter(None, names), "") or f"user {os.getuid() if hasattr(os, 'getuid') else 0}")


class Entry(Record):
    """What an `actor` did to a `subject`, and when; `previous` is the digest of the entry before."""

    time: Moment
    actor: Text
    action: Text
    subject: Text
    details: Mapping[str, Text]
    previous: Digest
    digest: Digest


class AuditLog:
    """The log in a file; threads and processes may write to it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, actor: str, action: str, subject: str, **details: str) -> Entry:
        """Write down what is about to be done; raises StoreError, and then it must not be done."""
        shown = {name: HIDDEN if _SECRET.search(name) else _cut(value) for name, value in details.items()}
        said = {"time": time.time(), "actor": _cut(actor), "action": _cut(action), "subject": _cut(subject)}
        written: list[Entry] = []

        def make(last: bytes) -> bytes:
            held = {**said, "details": dict(list(shown.items())[:_MOST]), "previous": self._after(last)}
            written.append(Entry.model_validate({**held, "digest": _digest(held)}))
            return _plain(written[-1].model_dump())

        append(self.path, make)
        return written[-1]

    def verify(self, last: str = "") -> int | None:
        """The first line, from 1, that does not fit in the chain, None where all do; raises StoreError.

        Where the digest of an entry is given that was the `last` once, the line after the end is that which
        does not fit where it is missing.
        """
        previous, number, seen = FIRST, 0, not last
        for number, line in enumerate(self._lines(), 1):
            entry = _read(line)
            if entry is None or entry.previous != previous or not line.endswith(b"\n"):
                return number
            previous = entry.digest
            seen = seen or previous == last
        return None if seen else number + 1

    def entries(self, most: int = 100) -> list[Entry]:
        """The last entries that can be read, the newest first; raises StoreError."""
        found = deque((entry for line in self._lines() if (entry := _read(line)) is not None), most)
        return list(reversed(found))

    def _after(self, last: bytes) -> str:
        """The digest that the next entry goes on from: that of a last line that cannot be read, as it is."""
        if not last:
            return FIRST
        entry = _read(last + b"\n")
        return entry.digest if entry else hashlib.sha256(last).hexdigest()

    def _lines(self) -> Iterator[bytes]:
        """The lines of the file, cut where one is too long."""
        if not self.path.exists():
            return
        try:
            with opened(self.path, LARGEST, follow=False) as file:
                while line := file.readline(LONGEST + 1):
                    yield line
        except UnreadableInput as error:
            raise StoreError(f"{self.path}: {error.message}", kind="refused") from error


def _read(line: bytes) -> Entry | None:
    """The entry of a line, None where it is none, or not as it was written."""
    with suppress(ValueError, RecursionError):
        entry = Entry.model_validate_json(line)
        held = entry.model_dump()
        return (
            entry if held.pop("digest") == _digest(held) and _plain(entry.model_dump()) == line[:-1] else None
        )
    return None


def _digest(held: Mapping[str, object]) -> str:
    return hashlib.sha256(_plain(held)).hexdigest()


def _plain(held: Mapping[str, object]) -> bytes:
    """The one way to write it down; nothing in it ends a line or steers a terminal."""
    return json.dumps(held, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _cut(text: str) -> str:
    """As much of a text as is kept."""
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"
