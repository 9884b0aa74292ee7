"""The miner: lines in, templates with counts, times and examples out."""

from __future__ import annotations

from octad.errors import InputError
from octad.records.logs import LogLine, Logs, LogTemplate
from octad.templates.cluster import cluster
from octad.templates.lookup import Lookup, slots
from octad.templates.masks import digits, mask, numbered
from octad.templates.shapes import CAPACITY, Shapes, key_of
from octad.templates.tally import Tally

BUCKETS = 256
"""Buckets of time that a log has at most; their width doubles as it grows."""
LONGEST = 2_000
"""Characters of a message that are read and kept."""
RECENT = 20_000
"""Messages, numbers apart, whose tally is found at once."""
PAST, FUTURE = -1e11, 1e11
"""What lies beyond, in seconds, is no time."""


class Miner:
    """Templates of lines added in any order, from any number of miners merged: the result is the same.

    Memory is bounded: at most about `capacity` shapes, each with BUCKETS counts and a few messages.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.shapes = Shapes(capacity)
        self.lines = 0
        self.span: tuple[int, int] | None = None
        self.doublings = 0
        self._recent: dict[tuple[str, str, str], Tally] = {}
        self._lookup: Lookup | None = None

    def add(self, line: LogLine, source: str = "") -> None:
        """Count one message of a source."""
        if len(line.message) > LONGEST:
            line = line._replace(message=line.message[:LONGEST])
        self.lines += 1
        self._lookup = None
        time = line.time
        bucket = None
        if time is not None and PAST < time < FUTURE:
            second = int(time // 1)
            if self.span is None or not self.span[0] <= second <= self.span[1]:
                self._stretch(second, second)
            bucket = second >> self.doublings
        known = (line.service, line.level, digits(line.message))
        tally = self._recent.get(known)
        if tally is None:
            tally = self._find(known)
        tally.add(line, bucket, source)

    def merge(self, other: Miner) -> None:
        """Add the lines of another miner of the same capacity."""
        if other.shapes.capacity != self.shapes.capacity:
            raise InputError(
                f"log miners of capacities {self.shapes.capacity} and {other.shapes.capacity}",
                hint="merge miners of one capacity",
            )
        self._recent.clear()
        self._lookup = None
        self.lines += other.lines
        if other.span is not None:
            self._stretch(*other.span)
        self.shapes.merge(other.shapes, self.doublings - other.doublings)

    def logs(self) -> Logs:
        """The templates so far, the earliest first."""
        found: dict[tuple[str, str, str], Tally] = {}
        templates = self._finished().templates
        for key, group in self.shapes.groups.items():
            for shape, tally in group.shapes.items():
                together = found.setdefault((key.service, key.level, templates[shape]), Tally())
                together.merge(tally)
        start = None if self.span is None else self.span[0] >> self.doublings
        records = [
            (tally.places[0], _record(service, level, template, tally, start or 0))
            for (service, level, template), tally in found.items()
        ]
        records.sort(key=lambda pair: (pair[0], pair[1].service, pair[1].level))
        return Logs(
            templates=tuple(record for _, record in records),
            lines=self.lines,
            start=None if start is None else float(start << self.doublings),
            interval=float(1 << self.doublings),
        )

    def template_of(self, message: str) -> str | None:
        """The template that a message follows, None when none of those found fits."""
        return self._finished().template_of(message[:LONGEST])

    def _finished(self) -> Lookup:
        if self._lookup is None:
            groups = self.shapes.groups.values()
            self._lookup = Lookup(cluster({shape for group in groups for shape in group.shapes}))
        return self._lookup

    def _find(self, known: tuple[str, str, str]) -> Tally:
        service, level, plain = known
        whole = (service, level, numbered(plain))
        tally = self._recent.get(whole)
        if tally is None:
            shape = mask(whole[2])
            before = self.shapes.unions
            tally = self.shapes.find(key_of(service, level, shape), shape)
            if self.shapes.unions > before:
                self._recent.clear()
        if len(self._recent) >= RECENT:
            self._recent.clear()
        self._recent[known] = self._recent[whole] = tally
        return tally

    def _stretch(self, first: int, last: int) -> None:
        """Make the span cover these seconds, in wider buckets when there would be too many."""
        known = self.span or (first, last)
        low, high = self.span = min(first, known[0]), max(last, known[1])
        before = self.doublings
        while (high >> self.doublings) - (low >> self.doublings) >= BUCKETS:
            self.doublings += 1
        if self.doublings > before:
            self.shapes.widen(self.doublings - before)


def _record(service: str, level: str, template: str, tally: Tally, start: int) -> LogTemplate:
    """The record of a template; its buckets are counted from `start`."""
    places = tally.places
    found = [values for place in places if (values := slots(template, place.message))]
    return LogTemplate(
        template=template,
        service=service,
        level=level,
        count=tally.lines,
        first=None if places[0].untimed else places[0].time,
        last=tally.last,
        counts=tuple((bucket - start, count) for bucket, count in sorted(tally.counts.items())),
        parameters=tuple(tuple(dict.fromkeys(column)) for column in zip(*found, strict=True)),
        example=places[0].message,
        source=places[0].source,
        line=places[0].line,
    )
