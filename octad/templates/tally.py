"""What is remembered of the lines of one shape: how many, when, and the earliest few."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from octad.records.logs import LogLine

FEW = 4
"""So many different messages are kept of each shape: those that come first."""


class Place(NamedTuple):
    """Where a message stands; ordered by time, those without one last, then by source and line."""

    untimed: bool
    time: float
    source: str
    line: int
    message: str


END = Place(True, inf, "", 0, "")


class Tally:
    """A sum over lines: adding is associative and commutative, so neither order nor shards matter.

    `counts` are lines per bucket of time, `untimed` those without one; `earliest` holds the first place
    of each message kept, and nothing later than `horizon` will be kept.
    """

    __slots__ = ("_late", "counts", "earliest", "horizon", "last", "untimed")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.untimed = 0
        self.last: float | None = None
        self.earliest: dict[str, Place] = {}
        self.horizon = END
        self._late = inf

    def add(self, line: LogLine, bucket: int | None, source: str) -> None:
        """Count a line in a bucket of time, None where it has no time."""
        if bucket is None or line.time is None:
            self.untimed += 1
            self.keep(Place(True, 0.0, source, line.line, line.message))
            return
        self.counts[bucket] = self.counts.get(bucket, 0) + 1
        if self.last is None or line.time > self.last:
            self.last = line.time
        # Most lines come in order, and after the first few there is nothing to compare.
        if line.time <= self._late:
            self.keep(Place(False, line.time, source, line.line, line.message))

    def keep(self, place: Place) -> None:
        """Keep the earliest place of a message, and of the messages the FEW that come first."""
        if place >= self.horizon or place >= self.earliest.get(place.message, END):
            return
        self.earliest[place.message] = place
        if len(self.earliest) > FEW:
            del self.earliest[max(self.earliest.values()).message]
        if len(self.earliest) == FEW:
            self.horizon = max(self.earliest.values())
            self._late = inf if self.horizon.untimed else self.horizon.time

    def merge(self, other: Tally, doublings: int = 0) -> None:
        """Add the lines of another tally, whose buckets need so many doublings to be as wide."""
        for bucket, count in other.counts.items():
            self.counts[bucket >> doublings] = self.counts.get(bucket >> doublings, 0) + count
        self.untimed += other.untimed
        if other.last is not None:
            self.last = other.last if self.last is None else max(self.last, other.last)
        for place in other.earliest.values():
            self.keep(place)

    def widen(self, doublings: int) -> None:
        """Double the width of the buckets so many times."""
        narrow, self.counts = self.counts, {}
        for bucket in narrow:
            self.counts[bucket >> doublings] = self.counts.get(bucket >> doublings, 0) + narrow[bucket]

    @property
    def lines(self) -> int:
        """How many lines were added."""
        return self.untimed + sum(self.counts.values())

    @property
    def places(self) -> list[Place]:
        """The places kept, the earliest first."""
        return sorted(self.earliest.values())
