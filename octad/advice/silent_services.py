"""Services that stopped reporting after a deployment while others go on: down, whatever they said last."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from octad.advice.metric_verdicts import MetricVerdict
from octad.records.graph import Graph
from octad.records.series import Comparison, Series, span_of, split_name

REGULAR = 0.8
"""Share of its readings before that a series must have had for its silence to mean anything."""
FEWEST_SERVICES, FEWEST_SERIES, FEWEST_READINGS = 2, 2, 5
"""Of so many services, and so many series of one, each is silent for so many readings."""
SPEAKING = 0.5
"""Share of the other series that must still be heard: or it is the monitoring that is down."""


def silent_services(metrics: Comparison, graph: Graph | None = None) -> tuple[MetricVerdict, ...]:
    """A verdict for each service of which nothing is heard any more, by the name of its first series."""
    services = [node.id for node in graph.nodes] if graph else []
    by_service: dict[str, list[Series]] = defaultdict(list)
    for one in metrics.before.series:
        if _is_regular(one):
            by_service[split_name(one.name, services)[0]].append(one)
    span = span_of(metrics.after.series)
    if span is None or len(by_service) < FEWEST_SERVICES:
        return ()
    start, end = span
    after = {one.name: one for one in metrics.after.series}
    heard = {
        service: [_last_heard(after.get(one.name), start) for one in own]
        for service, own in by_service.items()
    }
    everyone = sorted(time for times in heard.values() for time in times)
    found = []
    for service, own in sorted(by_service.items()):
        last, quiet_from = max(heard[service]), end - FEWEST_READINGS * _step(own)
        if not service or len(own) < FEWEST_SERIES or not start <= last <= quiet_from:
            continue
        # None of its own is among those that are heard.
        speaking = len(everyone) - bisect_right(everyone, quiet_from)
        if speaking >= SPEAKING * (len(everyone) - len(own)):
            found.append(_verdict(service, min(own, key=lambda one: one.name), last))
    return tuple(found)


def _verdict(service: str, first: Series, last: float) -> MetricVerdict:
    values = [value for value in first.values if value is not None]
    return MetricVerdict(
        metric=first.name,
        service=service,
        signal="traffic",
        word="worse",
        before=float(np.median(values)),
        since=last + FEWEST_READINGS * _step([first]),
        source=first.source,
    )


def _is_regular(series: Series) -> bool:
    seen = sum(value is not None for value in series.values)
    return len(series.times) > FEWEST_READINGS and seen >= REGULAR * len(series.times)


def _last_heard(series: Series | None, start: float) -> float:
    """The time of the last value, the start where there is none."""
    readings = reversed(list(zip(series.times, series.values, strict=True))) if series else iter(())
    return next((time for time, value in readings if value is not None), start)


def _step(series: Sequence[Series]) -> float:
    """The longest usual distance of two readings, in seconds."""
    return max(float(np.median(np.diff(one.times))) for one in series)
