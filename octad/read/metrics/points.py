"""Points as they were read, to a series: sorted, each time once, counters as rates, and flagged.

Flags: `unsorted`, `duplicates` (of equal times the last observed value wins), `infinite` (now gaps),
`gaps` (not observed, or a pause of more than PAUSE typical intervals), `counter` (values are rates per
second now), `resets` (the counter began anew), `constant`, `empty` (never observed), `no-zone`.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.errors import InputError
from octad.records.series import Series

MAX_CELLS = 25_000_000

MAX_SERIES = 20_000
PAUSE = 1.5
FALLING = 0.1
_COUNTER = re.compile(r"[\w.:/-]*_total(?:\{|$)")

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Ticks = dict[tuple[str, bytes], tuple[Any, ...]]
"""Times and lines that series have in common, by their bytes."""


@dataclass
class Observed:
    """One metric as it was read: points in any order, not a number where it was not observed.

    `counter` says whether it only grows; None leaves that to its name (`…_total`), unless its values
    fall in more than one step and in more than a tenth of them: a total per interval is no counter.
    """

    name: str
    source: str
    unit: str = ""
    counter: bool | None = None
    flags: set[str] = field(default_factory=set)
    times: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    lines: array[int] = field(default_factory=lambda: array("q"))

    def add(self, time: float, value: float, line: int | None = None) -> None:
        """Take one more point, in Unix seconds."""
        self.times.append(time)
        self.values.append(value)
        if line is not None:
            self.lines.append(line)

    def series(self, ticks: Ticks | None = None) -> Series:
        """The series of these points.

        `ticks` remembers times and lines, so that those of a table are held once. Nothing is checked again:
        the times were read as finite, and ascend once they are in order.
        """
        ticks = {} if ticks is None else ticks
        flags = set(self.flags)
        times, values = np.array(self.times), np.array(self.values)
        lines = np.array(self.lines if self.lines else np.zeros(len(times)), dtype=np.int64)
        times, values, lines = _ordered(times, _finite(values, flags), lines, flags)
        if self.counter or (self.counter is None and _looks_like_counter(self.name, values)):
            values = _rates(times, values, flags)
            times, values, lines = times[1:], values[1:], lines[1:]
        _describe(times, values, flags)
        return Series.model_construct(
            name=self.name,
            unit=f"{self.unit}/s" if "counter" in flags and self.unit else self.unit,
            times=_held(times, ticks),
            values=_with_gaps(values),
            source=self.source,
            lines=_held(lines, ticks) if self.lines else (),
            flags=tuple(sorted(flags)),
        )


def check_cells(cells: int, source: str) -> None:
    """Raise InputError where a source holds more values than MAX_CELLS, which bounds the memory."""
    if cells > MAX_CELLS:
        raise InputError(
            f"{source}: more than {MAX_CELLS:,} values", hint="cut it to the hours and series in question"
        )


def check_series(count: int, source: str) -> None:
    """Raise InputError where a source holds more than MAX_SERIES series, each of which takes its time."""
    if count > MAX_SERIES:
        raise InputError(f"{source}: more than {MAX_SERIES:,} series", hint="leave out labels, or services")


def ordered(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Points by time, each time once."""
    return _ordered(times, values, np.zeros(len(times), dtype=np.int64), set())[:2]


def _held(numbers: Floats | Integers, ticks: Ticks) -> tuple[Any, ...]:
    """The numbers as a tuple, the one that is held already where there is one."""
    key = numbers.dtype.char, numbers.tobytes()
    if key not in ticks:
        ticks[key] = tuple(numbers.tolist())
    return ticks[key]


def _with_gaps(values: Floats) -> tuple[float | None, ...]:
    """Values with None where nothing was observed."""
    if not np.isnan(values).any():
        return tuple(values.tolist())
    return tuple(None if value != value else value for value in values.tolist())


def _finite(values: Floats, flags: set[str]) -> Floats:
    """Values with gaps for the infinite ones: no sum or mean survives them."""
    infinite = np.isinf(values)
    if infinite.any():
        flags.add("infinite")
    return np.where(infinite, np.nan, values)


def _ordered(
    times: Floats, values: Floats, lines: Integers, flags: set[str]
) -> tuple[Floats, Floats, Integers]:
    """Points by time, each time once: the last observed value of equal times, else a gap."""
    steps = np.diff(times)
    if (steps > 0).all():
        return times, values, lines
    if (steps < 0).any():
        flags.add("unsorted")
    # Within equal times what was observed comes last, in the order in which it was read.
    order = np.lexsort((np.arange(len(times)), ~np.isnan(values), times))
    times, values, lines = times[order], values[order], lines[order]
    last = np.append(np.diff(times) > 0, True)
    if not last.all():
        flags.add("duplicates")
    return times[last], values[last], lines[last]


def _looks_like_counter(name: str, values: Floats) -> bool:
    """Whether a metric without a type is named like a counter and mostly grows like one."""
    if _COUNTER.match(name) is None:
        return False
    steps = np.diff(values[~np.isnan(values)])
    return bool((steps < 0).sum() <= max(1, FALLING * len(steps)))


def counter_growth(values: Floats, flags: set[str]) -> Floats:
    """Growth since the last observed point, NaN without one; after a reset a counter has grown from zero."""
    flags.add("counter")
    growth = np.full(len(values), np.nan)
    seen = np.flatnonzero(~np.isnan(values))
    with np.errstate(over="ignore"):
        grown = np.diff(values[seen])
        fell = grown < 0
        if fell.any():
            flags.add("resets")
            grown[fell] = values[seen][1:][fell]
        growth[seen[1:]] = grown
    return growth


def _rates(times: Floats, values: Floats, flags: set[str]) -> Floats:
    """Growth per second since the last observed point."""
    rates = counter_growth(values, flags)
    seen = np.flatnonzero(~np.isnan(values))
    with np.errstate(over="ignore"):
        rates[seen[1:]] /= np.diff(times[seen])
    return _finite(rates, flags)


def _describe(times: Floats, values: Floats, flags: set[str]) -> None:
    """Flag a series that has gaps, never changes, or was never observed."""
    seen = values[~np.isnan(values)]
    intervals = np.diff(times)
    if not len(seen):
        flags.add("empty")
    elif len(seen) < len(values) or (len(intervals) and intervals.max() > PAUSE * np.median(intervals)):
        flags.add("gaps")
    if len(seen) > 1 and (seen == seen[0]).all():
        flags.add("constant")
