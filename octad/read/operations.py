"""What verbs on operations are given, files, addresses and repositories, to the fields of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from octad.errors import InputError
from octad.read.graphs.files import read_graph
from octad.read.graphs.watched import services_named, watched_graph
from octad.read.history.changes import read_told
from octad.read.history.events import read_events
from octad.read.history.incident_changes import changes_since, regions_of
from octad.read.history.repository_events import events_of_repository
from octad.read.instants import instant
from octad.read.logs.files import read_logs
from octad.read.logs.overlap import overlapping, with_requests
from octad.read.metrics.watched import boundary, compared_in, series_in, watched, with_values, within
from octad.read.traces.cases import compared_with_traces, traces_of, with_traces
from octad.read.usual import Usual, usual_of
from octad.records.change import Change
from octad.records.events import Events
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import FEWEST_AFTER, FEWEST_BEFORE, in_common
from octad.signals.change_history import history_numbers, known

LATEST = 2_000
"""Changes of the past that numbers are made of."""
Options = Mapping[str, Any]


def incident(options: Options) -> dict[str, Any]:
    """What was measured, logged and changed around an incident; raises InputError for nothing to go by."""
    if not any(options[name] for name in ("metrics", "prometheus", "logs", "traces")):
        hint = "name --metrics, --logs, --traces, or several of them"
        raise InputError("nothing to go by", hint=hint)
    at = instant_of(options["at"])
    usual = usual_of(options["usual"], at)
    repo = options["repo"] or (Path() if options["since"] else None)
    measured = watched(options, at)
    traces = traces_of(options["traces"], series_in(measured), at)
    metrics = with_traces(measured, traces)
    metrics = usual.metrics(metrics) if usual else metrics
    given = read_graph(options["graph"]) if options["graph"] else None
    named = services_named(given, series_in(measured))
    logs, left_out = overlapping(_logs(options, named, usual), series_in(metrics))
    metrics = with_requests(metrics, logs)
    metrics, empty = with_values(metrics)
    graph = watched_graph(given, series_in(metrics), logs, traces) if metrics or logs else None
    changes = changes_since(options["since"], repo) if options["since"] and repo else None
    return {
        "metrics": metrics,
        "logs": logs,
        "graph": graph,
        "changes": changes,
        "code": regions_of(logs, repo, changes) if repo else None,
        "at": within(at, series_in(metrics)),
        "skipped": (*left_out, *empty),
    }


def deployment(options: Options) -> dict[str, Any]:
    """A change, and what was measured around it; raises InputError for nothing to assess."""
    at, change = instant_of(options["at"]), options["change"]
    measured = compared_in(options, at)
    before = measured.before if measured else None
    traces = traces_of(options["traces"], series_in(before), at)
    compared = compared_with_traces(measured, traces, at)
    if compared is None and not change:
        raise InputError(
            "nothing to assess", hint="name --change, --before and --after, or --traces and --at"
        )
    series = (*compared.before.series, *compared.after.series) if compared else ()
    at = within(at, series) or boundary(compared)
    if compared is not None and not change and not in_common(compared):
        few = f"{FEWEST_BEFORE} values before and {FEWEST_AFTER} since"
        raise InputError(f"too little to say: no series has {few}", hint="check names and times of both")
    given = read_graph(options["graph"]) if options["graph"] else None
    logs, left_out = overlapping(_logs(options, services_named(given, series)), series)
    graph = watched_graph(given, series, logs, traces)
    return {
        "change": change_of(change, options["repo"]) if change else None,
        "metrics": compared,
        "logs": logs,
        "graph": graph,
        "history": history_of(options["history"]),
        "at": at,
        "skipped": left_out,
    }


def _logs(options: Options, services: Sequence[str], usual: Usual | None = None) -> Logs | None:
    """The templates of all log files; a file may be named after one of the services."""
    return read_logs(options["logs"], services, usual) if options["logs"] else None


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
