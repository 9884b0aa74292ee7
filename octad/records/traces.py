"""Traces as what they add up to: the calls between services over time, at both ends of every call."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from pydantic import model_validator

from octad.records.base import Bucket, Count, Record

BINS = 8
"""Bins of a histogram in every factor of two: a quantile is right within 5 %."""
Histogram = tuple[tuple[Bucket, Count], ...]


class Tally(Record):
    """What began in each bucket, in columns: only buckets in which something did, ascending.

    `counts` is how many, `errors` how many of them failed, `seconds` how long they took together.
    `histograms` holds (bin, how many) of each bucket, ascending: bin b covers 2^(b / BINS) nanoseconds and
    on, so that any quantile can be had (`quantile`).
    """

    buckets: tuple[Bucket, ...] = ()
    counts: tuple[Count, ...] = ()
    errors: tuple[Count, ...] = ()
    seconds: tuple[float, ...] = ()
    histograms: tuple[Histogram, ...] = ()

    @model_validator(mode="after")
    def _aligned(self) -> Tally:
        columns = (self.counts, self.errors, self.seconds, self.histograms)
        if any(len(column) != len(self.buckets) for column in columns):
            raise ValueError("a tally's columns differ in length")
        return self


class TracedService(Record):
    """A service, or what services call that writes no spans: `kind` is service, database, queue or external.

    `requests` are those it served, `calls` those it made, `own` the requests again with the time alone in
    which no call was under way.
    """

    name: str
    kind: str = "service"
    requests: Tally = Tally()
    calls: Tally = Tally()
    own: Tally = Tally()


class TracedCall(Record):
    """The calls from one service to another; `kind` is calls or messages.

    `at_caller` is what the caller saw of them, `at_callee` what the callee did: each empty where that end
    wrote no spans.
    """

    caller: str
    callee: str
    kind: str = "calls"
    at_caller: Tally = Tally()
    at_callee: Tally = Tally()


class Traces(Record):
    """The services of some traces and the calls between them; bucket b is from `start + b * interval` on.

    Unix seconds in UTC; `first` and `last` are when the first and the last span began, and `spans` counts
    them. `flags` names what reading noticed: `clock-skew` (callees that began before their caller, moved),
    `orphans` (spans whose parent is not there), `duplicates` (left out), `incomplete` (spans without a
    time, an id or a duration, left out), `stray-times` (spans a month and more from the others, left out),
    `truncated`, `no-zone`, `many-services`, `many-calls` (those with the
    fewest spans left out), and of tables `durations-in-…`, the unit that was told from the values.
    """

    services: tuple[TracedService, ...] = ()
    calls: tuple[TracedCall, ...] = ()
    start: float = 0.0
    interval: float = 1.0
    first: float = 0.0
    last: float = 0.0
    spans: Count = 0
    source: str = ""
    flags: tuple[str, ...] = ()


def quantile(histogram: Sequence[tuple[int, int]], share: float) -> float:
    """Seconds that a share (0 to 1) of what a histogram counts stayed below; it must count something."""
    sums = list(accumulate(count for _, count in histogram))
    rank = share * sums[-1]
    at = min(bisect_left(sums, rank), len(sums) - 1)
    number, count = histogram[at]
    within = (rank - (sums[at] - count)) / count
    return float(2.0 ** ((number + within) / BINS) / 1e9)
