"""How anomalous each value of a series is, from the values before it alone; constant time and memory a value.

Three oddities, each beside the largest of its own past half hours, twenty of them, are added: the step from
the last value; the smoothed distance from what is usual at this hour of the day; the value itself, high or
low. An oddity counts by how far it is beyond the least of those extremes, in units of how far they are beyond
it themselves: of a power tail for steps and distances (Hill 1975), of an exponential one for values. Such a
score has no unit, and one gross outlier moves it by a twentieth. It is comparable between series of any
scale, step and length: what is nothing but noise gets beyond its own extremes ever more rarely. After a
high score lower ones count nothing for as long as a twentieth of the past: an anomaly is reported once.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Oddity = Literal["jump", "unusual at this hour", "extreme"]
ODDITIES: tuple[Oddity, ...] = ("jump", "unusual at this hour", "extreme")

FEWEST, LEAST_TIME = 72, 3 * 86400.0
"""Values, and seconds, of which nothing is said: on the first two days every hour is a new one.

On shorter pasts even the highest scores lie in labelled windows no more often than any point does."""

_REMEMBERED = 30
_RELATIVE, _TINY, _MOST = 1e-3, 1e-12, 1e150
_DAY, _HOUR, _PERIOD = 86400.0, 3600.0, 1800.0


class Settings(NamedTuple):
    """What was chosen on labelled series (`benchmarks/left_out_anomaly.py`).

    How many extremes are kept; the least slope of a power tail, so that where all extremes are alike, say
    the steps of a count, no small excess is odd; how fast distances are smoothed; the rest, as a share of
    the past.
    """

    extremes: int = 20
    slope: float = 0.2
    smooth: float = 0.1
    rest: float = 0.05


DEFAULT = Settings()


class Scored(NamedTuple):
    """How odd a value is (0: not at all), in what most, and the value usual at that hour."""

    score: float
    oddity: Oddity
    usual: float


class Extremes:
    """The largest of the half hours so far, and how far beyond them a number is, in powers of ten.

    Of a half hour only the largest number counts, once it is over: of one incident there may be hundreds.
    """

    __slots__ = ("_count", "_held", "_largest", "_period", "_slope")

    def __init__(self, count: int, slope: float = 0.0) -> None:
        """Of a power tail with at least this slope; of an exponential one where that is 0."""
        self._held: list[float] = []
        self._count, self._slope = count, slope
        self._largest, self._period = -math.inf, -math.inf

    def beyond(self, number: float, width: float) -> float:
        """How much rarer than the least extreme; an exponential tail is at least `width` wide."""
        held = self._held
        if len(held) < self._count or number <= held[0]:
            return 0.0
        least = held[0]
        if self._slope:
            mean = sum(math.log(one / least) for one in held) / (self._count - 1)
            return math.log10(number / least) / max(mean, self._slope)
        mean = sum(one - least for one in held) / (self._count - 1)
        return (number - least) / max(mean, width, _TINY) / math.log(10)

    def add(self, number: float, time: float) -> None:
        """The number joins the past."""
        period = time // _PERIOD
        if period == self._period:
            self._largest = max(self._largest, number)
            return
        held, over = self._held, self._largest
        if self._period > -math.inf and (len(held) < self._count or over > held[0]):
            if len(held) == self._count:
                del held[0]
            insort(held, over)
        self._largest, self._period = number, period


@dataclass(slots=True)
class Profile:
    """What is usual at an hour of the day (UTC), weekends apart: means of the last values."""

    _means: dict[tuple[int, bool], tuple[float, int]] = field(default_factory=dict)

    def usual(self, time: float, value: float, otherwise: float) -> float:
        """What was usual at this time so far, or `otherwise`; the value then joins the past."""
        at = int(time % _DAY / _HOUR), (time // _DAY + 3) % 7 >= 5
        mean, count = self._means.get(at, (0.0, 0))
        more = min(count + 1, _REMEMBERED)
        self._means[at] = mean + (value - mean) / more, more
        return mean if count else otherwise


class Detector:
    """Scores of one series as its values arrive."""

    def __init__(self, settings: Settings = DEFAULT) -> None:
        self._settings = settings
        self._seen, self._first, self._last, self._largest = 0, 0.0, 0.0, 0.0
        self._distance, self._held, self._until = 0.0, 0.0, 0.0
        self._range = (math.inf, -math.inf)
        self._profile, count = Profile(), settings.extremes
        self._steps, self._distances = (Extremes(count, settings.slope) for _ in range(2))
        self._high, self._low = Extremes(count), Extremes(count)

    def update(self, time: float, value: float) -> Scored:
        """How odd the next value is, Unix seconds first; 0 for a gap, too short a past, and while at rest."""
        if not (math.isfinite(value) and math.isfinite(time)):
            return Scored(0.0, ODDITIES[0], value)
        value = min(max(value, -_MOST), _MOST)
        if not self._seen:
            self._first, self._last = time, value
        self._seen += 1
        usual = self._profile.usual(time, value, self._last)
        oddities = self._oddities(time, value, usual)
        if self._seen <= FEWEST or time - self._first < LEAST_TIME:
            return Scored(0.0, ODDITIES[0], usual)
        most = max(range(len(ODDITIES)), key=oddities.__getitem__)
        return Scored(self._reported(sum(oddities)), ODDITIES[most], usual)

    def _oddities(self, time: float, value: float, usual: float) -> tuple[float, float, float]:
        """How far jump, distance and value are beyond their past, which they then join."""
        step = abs(value - self._last)
        self._last, self._largest = value, max(self._largest, abs(value))
        least = _RELATIVE * self._largest + _TINY
        self._distance += self._settings.smooth * (value - usual - self._distance)
        low, high = self._range
        self._range = min(low, value), max(high, value)
        width = max(high - low, 0.0) / self._settings.extremes + least
        extremes = (self._steps, self._distances, self._high, self._low)
        numbers = (step + least, abs(self._distance) + least, value, -value)
        jump, unusual, high, low = map(Extremes.beyond, extremes, numbers, (width,) * len(numbers))
        for one, number in zip(extremes, numbers, strict=True):
            one.add(number, time)
        return jump, unusual, max(high, low)

    def _reported(self, score: float) -> float:
        """The score, or 0 where it is no higher than one that was reported lately."""
        if score <= 0 or (self._seen <= self._until and score <= self._held):
            return 0.0
        self._held, self._until = score, self._seen * (1 + self._settings.rest)
        return score


class Anomaly(NamedTuple):
    """From when to when (Unix seconds) scores reached the level, and the value that was the oddest."""

    start: float
    end: float
    value: float
    found: Scored


def anomalies(times: Sequence[float], values: Sequence[float | None], level: float) -> Iterator[Anomaly]:
    """Anomalies of a whole series in the order of time, each value judged by those before it.

    Scores of the level or more are one anomaly while there are fewer values between them than rest takes.
    """
    detector, held, last = Detector(), None, 0
    for at, (time, value) in enumerate(zip(times, values, strict=True)):
        found = detector.update(time, math.nan if value is None else value)
        if value is None or found.score < level:
            continue
        if held and at <= last * (1 + DEFAULT.rest):
            odder = held if held.found.score >= found.score else Anomaly(held.start, time, value, found)
            held = odder._replace(end=time)
        else:
            if held:
                yield held
            held = Anomaly(time, time, value, found)
        last = at
    if held:
        yield held
