"""The metrics that a verb is given: from files or a running Prometheus, of an incident or of two sides."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from octad.errors import InputError
from octad.read.metrics.together import read_together
from octad.records.instant import Instant
from octad.records.series import Comparison, Series, SeriesSet, parted, span_of
from octad.records.skipped import Skipped

Options = Mapping[str, Any]
FEWEST = 5
"""Values that some series must have before anything is said of an incident: the fewest that were measured."""


def metrics_of(paths: Sequence[Path]) -> SeriesSet | None:
    """The series of all files together; raises InputError where two hold the same at the same time."""
    return read_together(paths) if paths else None


def series_in(metrics: SeriesSet | None) -> tuple[Series, ...]:
    """The series, none where there are no metrics."""
    return metrics.series if metrics else ()


def with_values(metrics: SeriesSet | None) -> tuple[SeriesSet | None, tuple[Skipped, ...]]:
    """The metrics, or None where too little was measured to say anything, which is said."""
    series = series_in(metrics)
    most = max((sum(value is not None for value in one.values) for one in series), default=FEWEST)
    if most >= FEWEST:
        return metrics, ()
    held = f"no series has more than {most} of {FEWEST} values" if most else "no series has a value"
    few = Skipped(path=series[0].source or "metrics", reason=f"too little to say: {held}")
    return None, (*(metrics.skipped if metrics else ()), few)


def watched(options: Options, at: Instant | None) -> SeriesSet | None:
    """The metrics of an incident; raises InputError where both sources are named."""
    if not options["prometheus"]:
        return metrics_of(options["metrics"])
    if options["metrics"]:
        raise InputError("--prometheus takes the place of --metrics", hint="give one of them")
    return _live(options, at)


def compared_in(options: Options, at: Instant | None) -> Comparison | None:
    """Both sides of a deployment; raises InputError where one is missing or both sources are named."""
    before, after = options["before"], options["after"]
    if options["prometheus"]:
        if before or after:
            raise InputError("--prometheus takes the place of --before and --after", hint="give one of them")
        return _live_comparison(options, at)
    first, second = metrics_of(before), metrics_of(after)
    if first is None and second is None:
        return None
    if first is None or second is None:
        raise InputError("metrics of one side alone say nothing", hint="name both --before and --after")
    return Comparison(before=first, after=second)


def within(at: Instant | None, series: Sequence[Series]) -> Instant | None:
    """The time, where it lies among those that were measured; raises InputError where it does not."""
    span = span_of(series)
    if at is not None and span is not None and not span[0] <= at.time <= span[1]:
        shown = (datetime.fromtimestamp(time, UTC).isoformat() for time in span)
        raise InputError(
            f"--at is not within what was measured, {' to '.join(shown)}", hint="check its time zone"
        )
    return at


def boundary(compared: Comparison | None) -> Instant | None:
    """The first time since, where the sides do not overlap: then they are before and after, no canary."""
    if compared is None:
        return None
    last = max((one.times[-1] for one in compared.before.series if one.times), default=None)
    first = min((one.times[0] for one in compared.after.series if one.times), default=None)
    return Instant(time=first) if last is not None and first is not None and last <= first else None


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
