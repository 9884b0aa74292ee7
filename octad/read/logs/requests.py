"""What access logs count: requests by class of status over time, and how long they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from octad.records.logs import LogLine
from octad.records.series import Series

BUCKETS = 240
"""Points of a series at most; the width of a bucket doubles as logs grow."""
SERVICES = 256
"""Services that are told apart; what further ones were asked counts to none."""
PAST, FUTURE = 0.0, 1e11
"""What lies beyond, in seconds, is no time."""
_LATENCY, _TIMED = "http_latency", "http_timed"
_WHOLE = 8  # points of a series that can do without its first and last

Counts = defaultdict[int, float]


class Requests:
    """Sums over lines in any order; `doublings` of a second is how wide a bucket is."""

    def __init__(self) -> None:
        self.doublings = 0
        self._span: tuple[int, int] | None = None
        self._counts: dict[tuple[str, str], Counts] = {}
        self._services: set[str] = set()

    def counted(self, lines: Iterable[LogLine]) -> Iterator[LogLine]:
        """The same lines, while their requests are counted."""
        for line in lines:
            if line.request is not None:
                self.add(line)
            yield line

    def add(self, line: LogLine) -> None:
        """Count the request of a line, if it has one and a time."""
        request, time = line.request, line.time
        if request is None or time is None or not PAST < time < FUTURE:
            return
        service = line.service
        if service not in self._services:
            if len(self._services) >= SERVICES:
                return
            self._services.add(service)
        bucket = self._bucket(int(time))
        if 100 <= request.status < 600:
            self._of(service, f"http_{request.status // 100}xx")[bucket] += 1
        if request.seconds is not None:
            self._of(service, _LATENCY)[bucket] += request.seconds
            self._of(service, _TIMED)[bucket] += 1

    def series(self) -> tuple[Series, ...]:
        """A series of each service and class that was seen, and one of the mean latency in seconds.

        Buckets that the log covers in part, its first and its last, are left out where others are enough.
        """
        if self._span is None:
            return ()
        low, high = (second >> self.doublings for second in self._span)
        if self.doublings and high - low >= _WHOLE:
            low, high = low + 1, high - 1
        buckets = range(low, high + 1)
        times = tuple(float(bucket << self.doublings) for bucket in buckets)
        found = []
        for (service, metric), counts in sorted(self._counts.items()):
            of = f"{service}.{metric}" if service else metric
            if metric == _LATENCY:
                timed = self._counts[service, _TIMED]
                means = tuple(counts[at] / timed[at] if timed.get(at) else None for at in buckets)
                found.append(Series(name=of, unit="s", times=times, values=means))
            elif metric != _TIMED:
                sums = tuple(counts.get(at, 0.0) for at in buckets)
                found.append(Series(name=of, unit="requests", times=times, values=sums))
        return tuple(found)

    def _of(self, service: str, metric: str) -> Counts:
        return self._counts.setdefault((service, metric), defaultdict(float))

    def _bucket(self, second: int) -> int:
        """The bucket of a second; all buckets become wider where there would be too many."""
        low, high = self._span or (second, second)
        if self._span is None or not low <= second <= high:
            low, high = self._span = min(low, second), max(high, second)
            while (high >> self.doublings) - (low >> self.doublings) >= BUCKETS:
                self.doublings += 1
                self._counts = {key: _halved(counts) for key, counts in self._counts.items()}
        return second >> self.doublings


def _halved(counts: Counts) -> Counts:
    """The same counts in buckets twice as wide."""
    wide: Counts = defaultdict(float)
    for bucket, count in counts.items():
        wide[bucket >> 1] += count
    return wide
