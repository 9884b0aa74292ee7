"""What verbs on operations are given, files, addresses and repositories, to the fields of a case."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from octad.errors import InputError
from octad.read.graphs.files import read_graph
from octad.read.history.changes import read_change, read_past
from octad.read.history.events import read_events
from octad.read.history.incident_changes import changes_since, regions_of
from octad.read.history.repository_events import events_of_repository
from octad.read.instants import instant
from octad.read.logs.files import read_logs
from octad.read.metrics.together import read_together
from octad.records.change import Change
from octad.records.events import Events
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import Comparison, Series, SeriesSet, parted
from octad.signals.change_history import history_numbers, known
from octad.signals.service_names import services_of

LATEST = 2_000
"""Changes of the past that numbers are made of."""
Options = Mapping[str, Any]


def incident(options: Options) -> dict[str, Any]:
    """What was measured, logged and changed around an incident; raises InputError for nothing to go by."""
    if not (options["metrics"] or options["prometheus"] or options["logs"]):
        raise InputError("nothing to go by", hint="name --metrics, --logs or both")
    at = instant_of(options["at"])
    repo = options["repo"] or (Path() if options["since"] else None)
    metrics, graph = _watched(options, at), graph_of(options["graph"])
    logs = logs_of(options["logs"], _services(graph, metrics.series if metrics else ()))
    changes = changes_since(options["since"], repo) if options["since"] and repo else None
    return {
        "metrics": metrics,
        "logs": logs,
        "graph": graph,
        "changes": changes,
        "code": regions_of(logs, repo, changes) if repo else None,
        "at": within(at, metrics.series if metrics else ()),
    }


def deployment(options: Options) -> dict[str, Any]:
    """A change, and what was measured around it; raises InputError for nothing to assess."""
    at = instant_of(options["at"])
    if options["prometheus"]:
        if options["before"] or options["after"]:
            raise InputError("--prometheus takes the place of --before and --after", hint="give one of them")
        compared: Comparison | None = _live_comparison(options, at)
    else:
        compared = _compared(options["before"], options["after"])
    change = options["change"]
    if compared is None and not change:
        raise InputError("nothing to assess", hint="name --change, or --before and --after")
    series = (*compared.before.series, *compared.after.series) if compared else ()
    graph = graph_of(options["graph"])
    return {
        "change": change_of(change, options["repo"]) if change else None,
        "metrics": compared,
        "logs": logs_of(options["logs"], _services(graph, series)),
        "graph": graph,
        "history": history_of(options["history"]),
        "at": within(at, series) or _boundary(compared),
    }


def metrics_of(paths: Sequence[Path]) -> SeriesSet | None:
    """The series of all files together; raises InputError where two hold the same at the same time."""
    return read_together(paths) if paths else None


def logs_of(paths: Sequence[Path], known: Collection[str] = ()) -> Logs | None:
    """The templates of all log files together; a file may be named after one of the `known` services."""
    return read_logs(paths, known) if paths else None


def _services(graph: Graph | None, series: Sequence[Series]) -> tuple[str, ...]:
    """The services that graph and metrics name."""
    nodes = (node.id for node in graph.nodes) if graph else ()
    return (*nodes, *services_of(series))


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
    change = read_change(revision, folder)
    numbers = history_numbers(read_past(revision, folder)[-LATEST:])[-1]
    return change.model_copy(update={"past": known(numbers)})


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


def _live(options: Options, at: Instant | None) -> SeriesSet:
    """What a running Prometheus has of `minutes` before `at` and since; raises InputError without a query."""
    from octad.read.metrics.prometheus_api import query_prometheus, step_of

    if at is None or not options["query"]:
        raise InputError("--prometheus needs --query and --at", hint="say what to ask for, and when it was")
    now, seconds = time.time(), options["minutes"] * 60
    if at.time >= now:
        raise InputError("--at lies in the future", hint="nothing was measured since")
    return query_prometheus(
        options["prometheus"],
        options["query"],
        start=at.time - seconds,
        end=min(now, at.time + seconds),
        step=step_of(seconds),
    )


def _live_comparison(options: Options, at: Instant | None) -> Comparison:
    """What a running Prometheus has of before `at` and since; raises InputError for one side alone."""
    found = _live(options, at)
    compared = parted(found, at.time if at else 0.0)
    for side, name in ((compared.before, "before"), (compared.after, "since")):
        if not any(one.times for one in side.series):
            raise InputError(
                f"{options['prometheus']}: no points {name} --at", hint="check queries and times"
            )
    return compared


def _watched(options: Options, at: Instant | None) -> SeriesSet | None:
    """The metrics of an incident, from files or from a running Prometheus."""
    if not options["prometheus"]:
        return metrics_of(options["metrics"])
    if options["metrics"]:
        raise InputError("--prometheus takes the place of --metrics", hint="give one of them")
    return _live(options, at)


def _boundary(compared: Comparison | None) -> Instant | None:
    """The first time since, where the sides do not overlap: then they are before and after, no canary."""
    if compared is None:
        return None
    last = max((one.times[-1] for one in compared.before.series if one.times), default=None)
    first = min((one.times[0] for one in compared.after.series if one.times), default=None)
    return Instant(time=first) if last is not None and first is not None and last <= first else None
