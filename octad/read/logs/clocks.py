"""What reading notices about logs, above all whether their clocks agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from octad.read.logs.service_names import service_of
from octad.records.logs import LogLine

_STEP = 1800.0  # clocks set to another zone differ by a multiple of half an hour
_NEAR = 30.0  # seconds that a line may be under way
_ENOUGH = 5  # lines with two times before they count


class Span(NamedTuple):
    """First and last time of a source."""

    service: str
    first: float
    last: float


class Noticed:
    """What was odd about one or more logs.

    `flags` as they are raised, `zones` the offsets given with times (None: none given).
    """

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.zones: set[float | None] = set()
        self._spans: list[Span] = []
        self._lines = 0

    def spanning(self, lines: Iterable[LogLine], source: str) -> Iterator[LogLine]:
        """The same lines, while the first and last time of their source are kept."""
        first = last = None
        for line in lines:
            self._lines += 1
            if line.time is not None:
                last = line.time
                first = last if first is None else first
            yield line
        if first is not None and last is not None:
            self._spans.append(Span(service_of(source), min(first, last), max(first, last)))

    def conclusions(self) -> set[str]:
        """All flags, with those that only all sources together show."""
        found = set(self.flags)
        if len(self.zones) > 1:
            found.add("mixed-zones")
        if any(_shifted(*pair) for pair in combinations(self._spans[:200], 2)):
            found.add("clock-skew")
        if self._lines and not self._spans:
            found.add("no-times")
        return found


class Apart:
    """Compares the time that a runtime put before a line with the time in the line itself."""

    def __init__(self, flags: set[str]) -> None:
        self._flags = flags
        self._least = float("inf")
        self._lines = 0

    def add(self, outer: float, inner: float) -> None:
        """One line with two times; delays vary and only the least difference is the clocks'."""
        self._lines += 1
        self._least = min(self._least, abs(outer - inner))

    def conclude(self) -> None:
        """Raise the flag that the lines ask for."""
        if self._lines >= _ENOUGH and self._least > _NEAR:
            near_step = self._least % _STEP
            zone = self._least >= _STEP - _NEAR and min(near_step, _STEP - near_step) <= _NEAR
            self._flags.add("mixed-zones" if zone else "clock-skew")


def _shifted(one: Span, other: Span) -> bool:
    """Whether two sources of different services miss each other, and would meet if a zone were taken off."""
    early, late = sorted((one, other), key=lambda span: span.first)
    if early.service == late.service or late.first <= early.last:
        return False
    apart = (late.first + late.last - early.first - early.last) / 2
    shift = round(apart / _STEP) * _STEP
    shorter = min(early.last - early.first, late.last - late.first)
    overlap = min(early.last, late.last - shift) - max(early.first, late.first - shift)
    return 0 < shift <= 14 * 3600 and shorter > 0 and overlap >= 0.8 * shorter
