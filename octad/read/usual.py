"""A usual period: what an incident is compared with where the time just before it was not usual itself.

Readings and lines of the period are moved to end where the incident begins; what lies between is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from octad.errors import InputError
from octad.read.instants import instant
from octad.records.instant import Instant
from octad.records.logs import LogLine
from octad.records.series import Series, SeriesSet

_HINT = "write --usual FROM..TO in Unix seconds or ISO 8601, before --at"


class Usual(NamedTuple):
    """From `first` on, until `last`, things were usual; the incident began `at`; all in Unix seconds."""

    first: float
    last: float
    at: float

    def moved(self, time: float) -> float | None:
        """The time as it counts: since the incident as it is, of the period just before it, else None."""
        if time >= self.at:
            return time
        return time + self.at - self.last if self.first <= time < self.last else None

    def metrics(self, held: SeriesSet | None) -> SeriesSet | None:
        """The readings of the period and since; raises InputError where the period has none."""
        if held is None:
            return None
        found = tuple(map(self._series, held.series))
        if not any(one.times and one.times[0] < self.at for one in found):
            raise InputError("--usual: nothing was measured in that period", hint=_HINT)
        return held.model_copy(update={"series": found})

    def lines(self, lines: Iterable[LogLine]) -> Iterator[LogLine]:
        """The lines of the period and since, and those without a time."""
        for line in lines:
            time = None if line.time is None else self.moved(line.time)
            if line.time is None or time is not None:
                yield line._replace(time=time)

    def _series(self, series: Series) -> Series:
        kept = [
            (at, moved) for at, time in enumerate(series.times) if (moved := self.moved(time)) is not None
        ]
        kept.sort(key=lambda pair: pair[1])
        places = [at for at, _ in kept]
        return series.model_copy(
            update={
                "times": tuple(time for _, time in kept),
                "values": tuple(series.values[at] for at in places),
                "lines": tuple(series.lines[at] for at in places) if series.lines else (),
            }
        )


def usual_of(text: str, at: Instant | None) -> Usual | None:
    """The period that `FROM..TO` names, None for none; raises InputError where it is none before `at`."""
    if not text:
        return None
    if at is None:
        raise InputError(
            "--usual needs --at", hint="say when the incident began: the period stands before it"
        )
    parts = text.split("..")
    try:
        first, last = (instant(part.strip()).seconds for part in parts)
    except ValueError as error:
        raise InputError(f"--usual {text!r} is no period", hint=_HINT) from error
    if not first < last <= at.time:
        raise InputError(f"--usual {text!r} does not end before --at", hint=_HINT)
    return Usual(first, last, at.time)
