"""What verbs on operations are given, files, addresses and repositories, to the fields of a case."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from octad.errors import InputError
from octad.read.graphs.files import read_graph
from octad.read.history.changes import read_told
from octad.read.history.events import read_events
from octad.read.history.incident_changes import changes_since, regions_of
from octad.read.history.repository_events import events_of_repository
from octad.read.instants import instant
from octad.read.logs.files import read_logs
from octad.read.metrics.files import read_series
from octad.records.change import Change
from octad.records.events import Events
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import Comparison, Series, SeriesSet
from octad.signals.change_history import history_numbers, known

LATEST = 2_000
"""Changes of the past that numbers are made of."""
Options = Mapping[str, Any]


def incident(options: Options) -> dict[str, Any]:
    """What was measured, logged and changed around an incident; raises InputError for nothing to go by."""
    if not options["metrics"] and not options["logs"]:
        raise InputError("nothing to go by", hint="name --metrics, --logs or both")
    repo = options["repo"] or (Path() if options["since"] else None)
    logs = logs_of(options["logs"])
    changes = changes_since(options["since"], repo) if options["since"] and repo else None
    metrics = metrics_of(options["metrics"])
    return {
        "metrics": metrics,
        "logs": logs,
        "graph": graph_of(options["graph"]),
        "changes": changes,
        "code": regions_of(logs, repo, changes) if repo else None,
        "at": within(instant_of(options["at"]), metrics.series if metrics else ()),
    }


def deployment(options: Options) -> dict[str, Any]:
    """A change, and what was measured around it; raises InputError for nothing to assess."""
    at = instant_of(options["at"])
    if options["prometheus"]:
        if options["before"] or options["after"]:
            raise InputError("--prometheus takes the place of --before and --after", hint="give one of them")
        seconds = options["minutes"] * 60
        compared: Comparison | None = _live(options["prometheus"], options["query"], at, seconds)
    else:
        compared = _compared(options["before"], options["after"])
    change = options["change"]
    if compared is None and not change:
        raise InputError("nothing to assess", hint="name --change, or --before and --after")
    series = (*compared.before.series, *compared.after.series) if compared else ()
    return {
        "change": change_of(change, options["repo"]) if change else None,
        "metrics": compared,
        "logs": logs_of(options["logs"]),
        "graph": graph_of(options["graph"]),
        "history": history_of(options["history"]),
        "at": within(at, series) or _boundary(compared),
    }


def metrics_of(paths: Sequence[Path]) -> SeriesSet | None:
    """The series of all files together; raises InputError where two hold one of the same name."""
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
    return read_logs(paths) if paths else None


def graph_of(path: Path | None) -> Graph | None:
    """The service graph in a file."""
    return read_graph(path) if path else None


def history_of(path: Path | None) -> Events | None:
    """A history from a file, or from the tags, merges and reverts of a repository where a folder is named."""
    if path is None:
        return None
    return events_of_repository(path) if path.is_dir() else read_events(path)


def change_of(revision: str, folder: Path | None) -> Change:
    """A revision, or a range, with what its history says of it."""
    change, past = read_told(revision, folder)
    if not past:
        return change
    return change.model_copy(update={"past": known(history_numbers(past[-LATEST:])[-1])})


def instant_of(text: str) -> Instant | None:
    """A time as Unix seconds or ISO 8601, in UTC where it names no zone; raises InputError for another."""
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


def _compared(before: Sequence[Path], after: Sequence[Path]) -> Comparison | None:
    """Both sides from files; raises InputError where one is missing."""
    first, second = metrics_of(before), metrics_of(after)
    if first is None and second is None:
        return None
    if first is None or second is None:
        raise InputError("metrics of one side alone say nothing", hint="name both --before and --after")
    return Comparison(before=first, after=second)


def _live(url: str, queries: Sequence[str], at: Instant | None, seconds: float) -> Comparison:
    """Both sides from a running Prometheus: until `at`, and since."""
    from octad.read.metrics.prometheus_api import query_prometheus

    if at is None or not queries:
        raise InputError(
            "--prometheus needs --query and --at", hint="say what to ask for, and when it went out"
        )
    now = time.time()
    if at.time >= now:
        raise InputError("--at lies in the future", hint="nothing was measured since")
    step = max(15.0, seconds / 240)
    return Comparison(
        before=query_prometheus(url, queries, start=at.time - seconds, end=at.time, step=step),
        after=query_prometheus(url, queries, start=at.time, end=min(now, at.time + seconds), step=step),
    )


def _boundary(compared: Comparison | None) -> Instant | None:
    """The first time since, where the sides do not overlap: then they are before and after, no canary."""
    if compared is None:
        return None
    last = max((one.times[-1] for one in compared.before.series if one.times), default=None)
    first = min((one.times[0] for one in compared.after.series if one.times), default=None)
    return Instant(time=first) if last is not None and first is not None and last <= first else None
