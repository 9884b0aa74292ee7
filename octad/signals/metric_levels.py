"""Metrics before and after on scales where a step means the same for all: what twice as bad is, is log 2.

Legend: N metrics, B points before, A points since; NaN: not observed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.signals.metric_polarity import Family
from octad.signals.ranks import median

Floats = NDArray[np.float64]

SHARE = 0.01
"""Failing requests are read as log(share + SHARE): from none to one in a hundred is twice as bad."""
OTHERS = 3
"""From so many services with traffic on, each is read against the others: demand is nobody's fault."""
TRAFFIC: tuple[Family, ...] = ("requests", "throughput")


class Levels(NamedTuple):
    """Logarithmic levels, larger is worse: before `[B, N]` and since `[A, N]`."""

    past: Floats
    since: Floats


def levels(before: Floats, after: Floats, families: Sequence[Family], services: Sequence[str]) -> Levels:
    """Levels of metrics of known families: less traffic is worse, and processors are freed of demand.

    The scale of a metric is of `before` alone: what came since does not move it.
    """
    past, since = np.full(before.shape, np.nan), np.full(after.shape, np.nan)
    for column, kind in enumerate(families):
        past[:, column], since[:, column] = _level(before[:, column], after[:, column], kind)
    whole = np.concatenate([past, since]) - np.nan_to_num(median(past))
    whole = _beside_demand(whole, families, services)
    return Levels(whole[: len(past)], whole[len(past) :])


def _level(before: Floats, after: Floats, kind: Family) -> tuple[Floats, Floats]:
    seen = np.abs(before[np.isfinite(before)])
    if not len(seen):
        return before * np.nan, after * np.nan
    usual, most = float(np.median(seen)), float(seen.max())
    if kind in ("errors", "success") and most <= 100.0:
        top = 1.0 if most <= 1.0 else 100.0
        failing = (top - before, top - after) if kind == "success" else (before, after)
        return _log(failing[0] / top, SHARE), _log(failing[1] / top, SHARE)
    unit = 0.05 * usual + 0.01 * most if usual > 0 else max(most, 1e-9)
    sign = -1.0 if kind in (*TRAFFIC, "success") else 1.0
    return sign * _log(before, unit), sign * _log(after, unit)


def _log(values: Floats, unit: float) -> Floats:
    found: Floats = np.log(np.clip(values, 0, 1e100) + unit)
    return found


def _beside_demand(whole: Floats, families: Sequence[Family], services: Sequence[str]) -> Floats:
    """Traffic against that of the other services; processors against their own traffic, as far as it rose."""
    own: dict[str, list[int]] = {}
    for at, kind in enumerate(families):
        if kind in TRAFFIC:
            own.setdefault(services[at], []).append(at)
    if not own:
        return whole
    found, many = whole.copy(), len(own) >= OTHERS
    traffic = whole[:, [at for columns in own.values() for at in columns]]
    everyone = _demand(traffic)
    rose = {service: _demand(whole[:, columns]) for service, columns in own.items()}
    for at, (kind, service) in enumerate(zip(families, services, strict=True)):
        if kind == "cpu" and (many or service in own):
            found[:, at] -= rose.get(service, everyone)
    if many:
        for columns, others in zip(own.values(), _without(traffic, own.values()), strict=True):
            found[:, columns] -= others[:, None]
    return found


def _demand(traffic: Floats) -> Floats:
    """How far the traffic `[T, M]` of a service rose `[T]`: its levels are larger where there is less."""
    found: Floats = np.maximum(-np.nan_to_num(median(traffic.T)), 0.0)
    return found


def _without(traffic: Floats, services: Collection[Sequence[int]]) -> Iterator[Floats]:
    """The median `[T]` of the columns of all other services, 0 where none was observed, service by service.

    The columns `[T, M]` stand service by service, as many as each has. They are put in order once, whoever is
    left out: the rank of the median among the others moves up by one for each of their own below it.
    """
    order = np.argsort(traffic, axis=1)
    ordered = np.take_along_axis(traffic, order, axis=1)
    place = np.argsort(order, axis=1)
    seen = np.isfinite(traffic).sum(axis=1)
    start = 0
    for columns in services:
        own = np.sort(place[:, start : start + len(columns)], axis=1)
        start += len(columns)
        left = seen - (own < seen[:, None]).sum(axis=1)
        middle = [_ranked(ordered, own, rank) for rank in ((left - 1) // 2, left // 2)]
        yield np.where(left > 0, np.nan_to_num(sum(middle) / 2), 0.0)


def _ranked(ordered: Floats, own: NDArray[np.int64], rank: NDArray[np.int64]) -> Floats:
    """The values `[T]` of a rank within rows in order, those at the places `own` `[T, K]` left out."""
    at = np.maximum(rank, 0)
    for place in own.T:
        at = at + (place <= at)
    found: Floats = ordered[np.arange(len(ordered)), np.minimum(at, ordered.shape[1] - 1)]
    return found
