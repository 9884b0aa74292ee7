"""Logs and metrics of one time: what does not overlap says nothing of one another."""

from __future__ import annotations

from collections.abc import Sequence

from octad.records.logs import Logs
from octad.records.series import Series, SeriesSet, span_of
from octad.records.skipped import Skipped
from octad.render.axis import said

Span = tuple[float, float]


def overlapping(logs: Logs | None, series: Sequence[Series]) -> tuple[Logs | None, tuple[Skipped, ...]]:
    """The logs as far as they are of the time that was measured, and which were left out; all where none was.

    A log without times is kept: nobody knows when it was.
    """
    measured = span_of(series)
    if logs is None or measured is None:
        return logs, ()
    outside = {one.source: _span(logs, one.source) for one in logs.templates}
    away = {source: span for source, span in outside.items() if span is not None and _apart(span, measured)}
    if not away:
        return logs, ()
    kept = tuple(one for one in logs.templates if one.source not in away)
    left_out = tuple(
        Skipped(path=source, reason=f"{_shown(span)} does not overlap the metrics, {_shown(measured)}")
        for source, span in sorted(away.items())
    )
    if not kept:
        return None, left_out
    lines = sum(one.count for one in kept)
    return logs.model_copy(update={"templates": kept, "lines": lines}), left_out


def with_requests(metrics: SeriesSet | None, logs: Logs | None) -> SeriesSet | None:
    """The metrics, and what access logs count of the same time; what was measured under a name counts."""
    measured = metrics.series if metrics else ()
    known, span = {one.name for one in measured}, span_of(measured)
    counted = [
        one
        for one in (logs.series if logs else ())
        if one.name not in known and (span is None or not _apart(span_of([one]) or span, span))
    ]
    if not counted:
        return metrics
    return (metrics or SeriesSet()).model_copy(update={"series": (*measured, *counted)})


def _span(logs: Logs, source: str) -> Span | None:
    ends = [
        (one.first, one.last)
        for one in logs.templates
        if one.source == source and one.first is not None and one.last is not None
    ]
    return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else None


def _apart(one: Span, other: Span) -> bool:
    return one[1] < other[0] or other[1] < one[0]


def _shown(span: Span) -> str:
    first, last = (said(time, "%Y-%m-%d %H:%M:%SZ") for time in span)
    return f"{first} to {last}"
