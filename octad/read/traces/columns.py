"""Spans in columns: forty bytes each, whatever their format said in text."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.errors import InputError
from octad.read.traces.span import LATEST, NANOSECONDS, NOBODY, Kind, Span

MAX_SPANS = 2_000_000
MAX_NAMES = 100_000
LONGEST = 86_400 * NANOSECONDS
"""A span of more than a day was never ended."""
STRAY = 31 * 86_400 * NANOSECONDS
"""Further than this from the others, a clock is wrong."""

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


class Frame(NamedTuple):
    """Spans `[n]` in an order that does not depend on that of reading; times in nanoseconds.

    `key` and `parent` stand for ids, 0 for none; `service` and `peer` are numbers of `names`, in the order of
    the alphabet, -1 for no peer. `kinds` says what each name is where only its callers speak of it.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    key: Integers
    parent: Integers
    service: Integers
    kind: Integers
    start: Integers
    duration: Integers
    error: Integers
    peer: Integers


class Columns:
    """Collects spans; what cannot be used is left out and flagged."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.names: dict[str, int] = {}
        self.kinds: dict[str, set[str]] = {}
        self.key, self.parent, self.start, self.duration = (array("q") for _ in range(4))
        self.service, self.peer = array("i"), array("i")
        self.kind, self.error = array("b"), array("b")

    def __len__(self) -> int:
        return len(self.key)

    def add(self, span: Span | None) -> bool:
        """Take one more, and say whether it was; raises InputError beyond MAX_SPANS."""
        if span is None or not (span.id and 0 <= span.duration < LONGEST and 0 < span.start < LATEST):
            self.flags.add("incomplete")
            return False
        if len(self.key) >= MAX_SPANS:
            raise InputError(f"more than {MAX_SPANS:,} spans", hint="cut the traces to the hours in question")
        self.key.append(_key(span.trace, span.id))
        own = span.parent in ("", span.id) and not (span.kind == Kind.SERVER and span.parent)
        self.parent.append(0 if own else _key(span.trace, span.parent))
        self.service.append(self._number(span.service.strip() or NOBODY))
        self.kind.append(span.kind)
        self.start.append(span.start)
        self.duration.append(span.duration)
        self.error.append(span.error)
        self.peer.append(-1)
        if span.peer is not None and span.peer.name.strip():
            name = span.peer.name.strip()
            self.peer[-1] = self._number(name)
            self.kinds.setdefault(name, set()).add(span.peer.kind)
        return True

    def measure(self, first: int, durations: Sequence[float], unit: int) -> None:
        """Set the durations from a span on, in units of nanoseconds; those below 0 stay as they are."""
        for at, duration in enumerate(durations, first):
            if duration >= 0:
                self.duration[at] = min(int(duration * unit), LONGEST)

    def _number(self, name: str) -> int:
        number = self.names.setdefault(name, len(self.names))
        if number >= MAX_NAMES:
            raise InputError(f"more than {MAX_NAMES:,} services", hint="check which field names the service")
        return number

    def frame(self) -> Frame:
        """The spans, each once, without those whose clock is a month off."""
        names = sorted(self.names)
        place = np.empty(len(names) + 1, np.int64)
        place[[self.names[name] for name in names]] = np.arange(len(names))
        place[-1] = -1
        columns = [
            np.array(self.key, np.int64), np.array(self.parent, np.int64),
            place[np.array(self.service, np.int64)], np.array(self.kind, np.int64),
            np.array(self.start, np.int64), np.array(self.duration, np.int64),
            np.array(self.error, np.int64), place[np.array(self.peer, np.int64)],
        ]  # fmt: skip
        columns = self._timely(self._distinct(columns))
        kinds = (min(self.kinds.get(name, ("service",)), key=_RANK.index) for name in names)
        return Frame(tuple(names), tuple(kinds), *columns)

    def _distinct(self, columns: list[Integers]) -> list[Integers]:
        """Each span once, sorted by all that it says: by its id first."""
        order = np.lexsort(columns[::-1])
        columns = [column[order] for column in columns]
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = np.any([np.diff(column) != 0 for column in columns], axis=0)
        if not fresh.all():
            self.flags.add("duplicates")
        return [column[fresh] for column in columns]

    def _timely(self, columns: list[Integers]) -> list[Integers]:
        start = columns[4]
        if not len(start):
            return columns
        near = np.abs(start - np.sort(start)[len(start) // 2]) <= STRAY
        if not near.all():
            self.flags.add("stray-times")
        return [column[near] for column in columns]


_RANK = ("database", "queue", "service", "external")
"""Of several things that callers take one name for, the first counts."""


def _key(trace: str, span: str) -> int:
    """A number for an id: 64 bits, so that two of MAX_SPANS meet once in ten million files; never 0."""
    return hash((trace, span)) or 1
