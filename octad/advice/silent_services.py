"""Services that stopped reporting after a deployment while others go on: down, whatever they said last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from octad.advice.metric_verdicts import MetricVerdict
from octad.records.graph import Graph
from octad.records.series import Comparison, Series, split_name

REGULAR = 0.8
"""Share of its readings before that a series must have had for its silence to mean anything."""
FEWEST_SERIES, FEWEST_READINGS = 2, 5
"""Of so many series of a service each is silent for so many readings."""
SPEAKING = 0.5
"""Share of the other series that must still be heard: or it is the monitoring that is down."""


def silent_services(metrics: Comparison, graph: Graph | None = None) -> tuple[MetricVerdict, ...]:
    """A verdict for each service of which nothing is heard any more, by the name of its first series."""
    services = [node.id for node in graph.nodes] if graph else []
    by_service: dict[str, list[Series]] = defaultdict(list)
    for one in metrics.before.series:
        if _is_regular(one):
            by_service[split_name(one.name, services)[0]].append(one)
    end = max((one.times[-1] for one in metrics.after.series if one.times), default=None)
    start = min((one.times[0] for one in metrics.after.series if one.times), default=None)
    if start is None or end is None or len(by_service) < FEWEST_SERIES:
        return ()
    heard = {one.name: _last_heard(one) for one in metrics.after.series}
    found = []
    for service, own in sorted(by_service.items()):
        others = [one for name, many in by_service.items() if name != service for one in many]
        quiet_from = end - FEWEST_READINGS * _step(own)
        speaking = sum((heard.get(one.name) or start) > quiet_from for one in others)
        last = max((heard.get(one.name) or start for one in own), default=start)
        if not service or len(own) < FEWEST_SERIES or speaking < SPEAKING * len(others):
            continue
        if start <= last <= quiet_from:
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


def _last_heard(series: Series) -> float | None:
    times = [time for time, value in zip(series.times, series.values, strict=True) if value is not None]
    return times[-1] if times else None


def _step(series: Sequence[Series]) -> float:
    """The longest usual distance of two readings, in seconds."""
    return max(float(np.median(np.diff(one.times))) for one in series)
