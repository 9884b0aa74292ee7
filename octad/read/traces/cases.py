"""What traces bring to a case: series beside those of its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from octad.errors import InputError
from octad.read.traces.files import read_traces
from octad.records.instant import Instant
from octad.records.series import Comparison, Series, SeriesSet, parted
from octad.records.traces import Traces
from octad.signals.levels import usual_step
from octad.signals.trace_series import series_of


def traces_of(paths: Sequence[Path], metrics: Sequence[Series], at: Instant | None) -> Traces | None:
    """The traces of all files together, in steps of about those of the metrics; a step begins at `at`."""
    if not paths:
        return None
    return read_traces(paths, at=at.time if at else None, least=usual_step(metrics) or 1.0)


def with_traces(metrics: SeriesSet | None, traces: Traces | None) -> SeriesSet | None:
    """The metrics, and the series of the traces whose names they leave free."""
    if traces is None:
        return metrics
    own = metrics or SeriesSet()
    return _joined(own, series_of(traces), {one.name for one in own.series})


def compared_with_traces(
    compared: Comparison | None, traces: Traces | None, at: Instant | None
) -> Comparison | None:
    """Both sides with the series of the traces until `at` and since; raises InputError without a time."""
    if traces is None:
        return compared
    if at is None:
        raise InputError("--traces needs --at", hint="say when it went out: traces are parted there")
    traced = parted(SeriesSet(series=series_of(traces)), at.time)
    if compared is None:
        return traced
    taken = {one.name for side in (compared.before, compared.after) for one in side.series}
    return Comparison(
        before=_joined(compared.before, traced.before.series, taken),
        after=_joined(compared.after, traced.after.series, taken),
    )


def _joined(side: SeriesSet, traced: Iterable[Series], taken: set[str]) -> SeriesSet:
    more = (one for one in traced if one.name not in taken)
    return side.model_copy(update={"series": (*side.series, *more)})
