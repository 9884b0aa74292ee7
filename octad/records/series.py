"""Metrics over time: named series with their units, gaps and irregular timestamps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import lt

from pydantic import model_validator

from octad.records.base import Moment, Record
from octad.records.skipped import Skipped

FEWEST_BEFORE, FEWEST_AFTER = 12, 3
"""Values of a series on either side: with fewer there is too little to say."""


class Series(Record):
    """One metric over time.

    `times` are Unix seconds in UTC, ascending and without repeats; a value is None where the metric was
    not observed. `name` is `service.metric` or `metric`. `source` says where it was read, and `lines` on
    which line of it each value stands (empty where it has none). `flags` names what reading had to
    repair: `unsorted`, `duplicates`, `gaps`, `counter`, `resets`, `constant`, `empty`, `infinite`,
    `no-zone`.
    """

    name: str
    unit: str = ""
    times: tuple[Moment, ...]
    values: tuple[float | None, ...]
    source: str = ""
    lines: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _aligned(self) -> Series:
        if len(self.times) != len(self.values) or (self.lines and len(self.lines) != len(self.times)):
            raise ValueError(f"series {self.name!r}: times, values and lines differ in length")
        if not all(map(lt, self.times, self.times[1:])):
            raise ValueError(f"series {self.name!r}: times do not ascend, or repeat")
        return self

    def cut(self, place: slice) -> Series:
        """The readings at some places, one after the other."""
        update = {"times": self.times[place], "values": self.values[place], "lines": self.lines[place]}
        return self.model_copy(update=update)


class SeriesSet(Record):
    """Series observed together, in any order; `skipped` is what their reader left out."""

    series: tuple[Series, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def span_of(series: Sequence[Series]) -> tuple[float, float] | None:
    """The first and the last time of series, in Unix seconds; None where nothing was read."""
    times = [time for one in series for time in (*one.times[:1], *one.times[-1:])]
    return (min(times), max(times)) if times else None


SEPARATORS = "./:_-"
"""What parts service and metric in a name, the strongest first: a stronger one behind it would part them."""
LONGEST = 256
"""Characters of a service that are looked for in a name."""


def split_name(name: str, services: Iterable[str] = ()) -> tuple[str, str]:
    """Service and metric of a series' name; the service is empty where the name has none.

    The longest of the known `services` that the name begins with wins, one of SEPARATORS behind it; names of
    metrics cannot hold hyphens, so that an underscore stands for one too. Else the last dot parts them,
    since addresses and qualified names have dots of their own. Labels in braces part nothing.
    """
    head = name.partition("{")[0]
    known, longest = _known(tuple(services))
    for at in range(min(len(head) - 2, longest), 0, -1):
        if head[at] in SEPARATORS and not _stronger(head[at], head[at + 1 :]):
            service = known.get(head[:at]) or known.get(_folded(head[:at]))
            if service:
                return service, name[at + 1 :]
    dot = head.rfind(".")
    return name[: max(dot, 0)], name[dot + 1 :]


@lru_cache(maxsize=8)
def _known(services: tuple[str, ...]) -> tuple[Mapping[str, str], int]:
    """Services by their names as they are and as names of metrics can hold them, and how long to look for."""
    known = {_folded(one): one for one in reversed(services)} | {one: one for one in services}
    return known, min(max(map(len, known), default=0), LONGEST)


def _stronger(separator: str, rest: str) -> bool:
    """Whether a stronger separator is in the rest of a name."""
    return any(one in rest for one in SEPARATORS[: SEPARATORS.index(separator)])


def _folded(name: str) -> str:
    return name.replace("-", "_")


class Comparison(Record):
    """The same metrics before and after something was done, or of a baseline and a canary."""

    before: SeriesSet
    after: SeriesSet

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What the readers of both sides left out."""
        return tuple(dict.fromkeys((*self.before.skipped, *self.after.skipped)))


def in_common(metrics: Comparison) -> int:
    """How many series both sides hold with enough values for one to be compared with the other."""
    before, after = (
        {one.name: sum(value is not None for value in one.values) for one in side.series}
        for side in (metrics.before, metrics.after)
    )
    return sum(
        count >= FEWEST_BEFORE and after.get(name, 0) >= FEWEST_AFTER for name, count in before.items()
    )


def split_at(series: SeriesSet, share: float) -> tuple[float, Comparison]:
    """A time that a share of the observed times comes before, and the series before and from it on.

    Raises ValueError where nothing was observed.
    """
    times = sorted({time for one in series.series for time in one.times})
    if not times:
        raise ValueError("no times to part")
    time = times[min(int(len(times) * share), len(times) - 1)]
    return time, parted(series, time)


def parted(series: SeriesSet, time: float) -> Comparison:
    """The series before a time in Unix seconds, and from it on."""
    first: list[Series] = []
    second: list[Series] = []
    for one in series.series:
        at = bisect_left(one.times, time)
        for side, place in ((first, slice(0, at)), (second, slice(at, None))):
            side.append(one.cut(place))
    skipped = series.skipped
    return Comparison(
        before=SeriesSet(series=tuple(first), skipped=skipped),
        after=SeriesSet(series=tuple(second), skipped=skipped),
    )


def end_to_end(metrics: Comparison) -> list[Series]:
    """The series of before, each with what came since behind it."""
    since = {one.name: one for one in metrics.after.series}
    found = []
    for one in metrics.before.series:
        other = since.get(one.name)
        if other is not None and other.times[:1] > one.times[-1:]:
            times, values = one.times + other.times, one.values + other.values
            one = Series(name=one.name, unit=one.unit, times=times, values=values)
        found.append(one)
    return found
