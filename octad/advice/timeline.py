"""The chain of evidence of an incident on one axis of time: change, first new message, change of a metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from octad.encoders.incident_window import incident_window
from octad.records.change import Changes, name_of
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.report import Block, Curve, Mark
from octad.records.series import SeriesSet

CURVES = 6
SURE = 0.05
"""Candidates less likely than this are left out."""


class Ranked(NamedTuple):
    """Candidate metrics, log templates and changes, by name, with their scores; metrics to draw, best first.

    Without candidate metrics nothing is said of when most of them changed.
    """

    metrics: Mapping[str, float]
    templates: Mapping[str, float]
    changes: Mapping[str, float]
    drawn: Sequence[str] = ()


def timeline(
    metrics: SeriesSet | None,
    logs: Logs | None,
    changes: Changes | None,
    graph: Graph | None,
    at: Instant | None,
    ranked: Ranked,
) -> Block:
    """Marks in the order of time over the curves of the candidate metrics, the likeliest first."""
    window = incident_window(metrics, graph, at)
    series = {one.name: one for one in window.series} if window else {}
    best = sorted(ranked.metrics, key=lambda name: -ranked.metrics[name])
    names = [name for name in dict.fromkeys((*best, *ranked.drawn)) if name in series]
    curves = [
        Curve(name=name, times=series[name].times, values=series[name].values, unit=series[name].unit)
        for name in names[:CURVES]
    ]
    marks = [*_changed(changes, ranked), *_logged(logs, ranked)]
    if window and window.start and best:
        text = f"most metrics change, {names[0]} first of all" if names else "most metrics change"
        marks.append(Mark(time=window.start, kind="metric", text=text))
    if at is not None:
        marks.append(Mark(time=at.time, kind="incident", text="the incident, as was said"))
    marks.sort(key=lambda mark: (mark.time, mark.kind, mark.text))
    return Block(kind="timeline", title="What happened", curves=tuple(curves), marks=tuple(marks))


def _changed(changes: Changes | None, ranked: Ranked) -> Iterator[Mark]:
    for change in changes.changes if changes else ():
        weight = ranked.changes.get(name_of(change), 0.0)
        if weight >= SURE and change.time is not None:
            yield Mark(time=change.time.timestamp(), kind="change", text=name_of(change), weight=weight)


def _logged(logs: Logs | None, ranked: Ranked) -> Iterator[Mark]:
    for one in logs.templates if logs else ():
        weight = ranked.templates.get(one.template, 0.0)
        if weight >= SURE and one.first is not None:
            text = f"first of {one.count:,}: {one.template}"
            yield Mark(time=one.first, kind="log", text=text, subject=one.service, weight=weight)
