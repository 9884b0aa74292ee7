"""Buckets of time for some spans: as fine as there is enough in each, a power of two of seconds wide."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from octad.read.traces.columns import Integers
from octad.read.traces.span import NANOSECONDS

MOST = 120
"""Buckets at most: signals keep the newest 120 steps."""
FEWEST = 30
"""Buckets that are kept apart although little is in each."""
ENOUGH = 4
"""Spans in a bucket, of a usual service, from which on it may be made finer."""
PAUSE = 30
"""Empty buckets in a row that still are an observation, of no calls; more are a time nobody watched."""
WIDEST = 1 << 24


class Clock(NamedTuple):
    """Bucket b is from `origin + b * width` on; the origin in Unix seconds, the width in nanoseconds."""

    origin: float
    width: int

    def bucket(self, start: Integers) -> Integers:
        """The bucket of each time."""
        return np.asarray((start - round(self.origin * NANOSECONDS)) // self.width)

    def begin(self, bucket: int) -> float:
        """When a bucket begins, in Unix seconds; bucket 0 does at the origin, to the last bit."""
        return self.origin + bucket * (self.width / NANOSECONDS)

    def doubled(self) -> Clock:
        """Buckets twice as wide, where the old boundaries allow."""
        return Clock(self.origin, 2 * self.width)


def clock_for(start: Integers, services: int, at: float | None, least: float) -> Clock:
    """The clock for spans that begin at these times; `at`, in Unix seconds, is where a bucket begins.

    `least` is about the smallest width that is wanted, in seconds: the power of two nearest to it is.
    """
    exponent = round(float(np.log2(min(max(least, 1.0), WIDEST))))
    clock = Clock(at or 0.0, NANOSECONDS << exponent)
    usual = len(start) / max(services, 1)
    while clock.width < WIDEST * NANOSECONDS:
        length = _length(clock.bucket(start))
        if length <= MOST and (length <= FEWEST or usual >= ENOUGH * length):
            break
        clock = clock.doubled()
    return clock


def _length(buckets: Integers) -> int:
    """Buckets from the first to the last, without long pauses."""
    steps = np.diff(np.unique(buckets))
    return int(np.where(steps <= PAUSE, steps, 1).sum()) + 1
