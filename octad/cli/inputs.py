"""Files and addresses that verbs on operations are given, as the records of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from octad.errors import InputError

if TYPE_CHECKING:
    from octad.records.change import Change
    from octad.records.events import Events
    from octad.records.graph import Graph
    from octad.records.instant import Instant
    from octad.records.logs import Logs
    from octad.records.series import Series, SeriesSet

LATEST = 2_000
"""Changes of the past that numbers are made of."""


def metrics_of(paths: Sequence[Path]) -> SeriesSet | None:
    """The series of all files together; raises InputError where two hold one of the same name."""
    from octad.read.series import read_series
    from octad.records.series import SeriesSet

    if not paths:
        return None
    found: dict[str, Path] = {}
    series = []
    for path in paths:
        for one in read_series(path).series:
            if one.name in found:
                raise InputError(
                    f"{path} and {found[one.name]} both hold the series {one.name!r}", hint="name one of them"
                )
            found[one.name] = path
            series.append(one)
    return SeriesSet(series=tuple(series))


def logs_of(paths: Sequence[Path]) -> Logs | None:
    """The templates of all log files together."""
    from octad.read.logs import read_logs

    return read_logs(paths) if paths else None


def graph_of(path: Path | None) -> Graph | None:
    """The service graph in a file."""
    from octad.read.graph import read_graph

    return read_graph(path) if path else None


def history_of(path: Path | None) -> Events | None:
    """A history from a file, or from the tags, merges and reverts of a repository where a folder is named."""
    from octad.read.event_history import events_of_repository
    from octad.read.events import read_events

    if path is None:
        return None
    return events_of_repository(path) if path.is_dir() else read_events(path)


def change_of(revision: str, folder: Path | None) -> Change:
    """A revision, or a range, with what its history says of it."""
    from octad.read.history import read_change, read_past
    from octad.signals.history import history_numbers, known

    change = read_change(revision, folder)
    numbers = history_numbers(read_past(revision, folder)[-LATEST:])[-1]
    return change.model_copy(update={"past": known(numbers)})


def instant_of(text: str) -> Instant | None:
    """A time as Unix seconds or ISO 8601, in UTC where it names no zone; raises InputError for another."""
    from octad.read.instants import instant
    from octad.records.instant import Instant

    if not text:
        return None
    try:
        return Instant(time=instant(text).seconds)
    except ValueError as error:
        hint = "write Unix seconds, or ISO 8601 as 2026-01-31T12:00:00Z"
        raise InputError(f"{text!r} is no time", hint=hint) from error


def within(at: Instant | None, series: Sequence[Series]) -> Instant | None:
    """The time, where it lies among those that were measured; raises InputError where it does not."""
    times = [time for one in series for time in (*one.times[:1], *one.times[-1:])]
    if at is not None and times and not min(times) <= at.time <= max(times):
        shown = (datetime.fromtimestamp(time, UTC).isoformat() for time in (min(times), max(times)))
        raise InputError(
            f"--at is not within what was measured, {' to '.join(shown)}", hint="check its time zone"
        )
    return at
