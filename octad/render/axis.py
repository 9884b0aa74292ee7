"""The axis of time that curves and marks share, and its times as people read them: all in UTC."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from octad.records.report import Block

DASH, MINUS = "\u2013", "\u2212"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s"))
# Distances of ticks that people count in; longer ones double.
_STEPS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 7, 14, 28)),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` to `end`, in Unix seconds; both may be the same moment."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start

    def share(self, time: float) -> float:
        """Where a time lies, 0 to 1; in the middle of an axis without length."""
        return (time - self.start) / self.length if self.length > 0 else 0.5

    def clock(self, time: float) -> str:
        """Time of day, with the day and the year where the axis has several."""
        if said(self.start, "%F") == said(self.end, "%F"):
            return self._time(time, "")
        return self._time(time, "%m-%d " if said(self.start, "%Y") == said(self.end, "%Y") else "%F ")

    def _time(self, time: float, day: str) -> str:
        """Day and time of day, to the second, or to the thousandth where the axis is short."""
        if 0 < self.length < 10:
            return said(round(time, 3), f"{day}%T.%f")[:-3]
        return said(time, f"{day}%T")

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """At most so many round times: where each lies, 0 to 1, and its label."""
        if self.length <= 0:
            return [(0.5, said(self.start, "%T"))]
        step = next((one for one in _STEPS if self.length / one <= most - 1), None) or _STEPS[-1]
        while self.length / step > most - 1:
            step *= 2
        first = math.ceil(self.start / step)
        times = [number * step for number in range(first, first + most) if number * step <= self.end]
        return [(self.share(time), _label(time, step)) for time in times]

    def __str__(self) -> str:
        """Start, end and length: `2026-03-14 09:00:00 – 10:00:00 UTC, 1 h`."""
        start = self._time(self.start, "%F ")
        if self.length <= 0:
            return f"{start} UTC"
        day = "" if said(self.start, "%F") == said(self.end, "%F") else "%F "
        return f"{start} {DASH} {self._time(self.end, day)} UTC, {duration(self.length)}"


def axis_of(block: Block) -> Axis | None:
    """The axis that holds every curve and every mark; None where there is no time."""
    times = [time for curve in block.curves for time in curve.times]
    known = list(finite([*times, *(mark.time for mark in block.marks)]))
    return Axis(min(known), max(known)) if known else None


def finite(numbers: Iterable[float | None]) -> Iterable[float]:
    """The numbers that can be drawn."""
    return (number for number in numbers if number is not None and math.isfinite(number))


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `1 h 4 min`, `42 s`, `350 ms`."""
    if seconds < 10:
        return f"{1_000 * seconds:.3g} ms" if 0 < seconds < 0.9995 else f"{seconds:.3g} s"
    rest = round(seconds)
    parts = []
    for size, unit in _UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number:,} {unit}")
    return " ".join(parts[:2])


def offset(seconds: float) -> str:
    """A length of time before or after something, with its sign."""
    sign = "+" if seconds > 0 else MINUS if seconds < 0 else ""
    return f"{sign}{duration(abs(seconds))}"


def said(time: float, pattern: str) -> str:
    """A time as `strftime` writes it, or its number where no calendar has it."""
    try:
        return datetime.fromtimestamp(time, UTC).strftime(pattern)
    except (OverflowError, ValueError, OSError):
        return f"{time:.0f}"


def _label(time: float, step: float) -> str:
    """A tick, as finely as the ticks are apart; midnight is named by its day."""
    if step >= DAY or (step >= HOUR and time % DAY == 0):
        return said(time, "%m-%d" if step <= DAY * 28 else "%F")
    if step >= 1:
        return said(time, "%H:%M" if step >= MINUTE else "%T")
    return said(round(time, 3), "%M:%S.%f")[:-3]
