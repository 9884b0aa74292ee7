"""Metrics before and after on scales where a step means the same for all: what twice as bad is, is log 2.

Legend: N metrics, B points before, A points since; NaN: not observed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    past, since = _levels(before, after, families)
    whole = np.concatenate([past, since]) - np.nan_to_num(median(past))
    whole = _beside_demand(whole, families, services)
    return Levels(whole[: len(past)], whole[len(past) :])


def _levels(before: Floats, after: Floats, families: Sequence[Family]) -> tuple[Floats, Floats]:
    """Logarithms of values, of the failing share where one is measured; in units of the past."""
    seen = np.abs(np.where(np.isfinite(before), before, np.nan))
    usual, most = median(seen), np.fmax.reduce(seen, axis=0, initial=-np.inf)
    unit = np.where(usual > 0, 0.05 * usual + 0.01 * most, np.maximum(most, 1e-9))
    unit = np.where(np.isfinite(most), unit, np.nan)
    of = np.array(families, dtype=str)
    succeeds, top = of == "success", np.where(most <= 1.0, 1.0, 100.0)
    is_share = (succeeds | (of == "errors")) & (most <= 100.0) & np.isfinite(most)
    sign = np.where(succeeds | np.isin(of, TRAFFIC), -1.0, 1.0)
    past, since = (
        np.where(
            is_share,
            _log(np.where(succeeds, top - side, side) / top, np.float64(SHARE)),
            sign * _log(side, unit),
        )
        for side in (before, after)
    )
    return past, since


def _log(values: Floats, unit: Floats | np.float64) -> Floats:
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
    everyone = _demand(traffic[:, None])[:, 0]
    rose: dict[str, Floats] = {}
    for names, columns in _alike(own):
        rose |= dict(zip(names, _demand(whole[:, columns]).T, strict=True))
    for at, (kind, service) in enumerate(zip(families, services, strict=True)):
        if kind == "cpu" and (many or service in own):
            found[:, at] -= rose.get(service, everyone)
    if many:
        for columns, others in _without(traffic, own):
            found[:, columns] -= others[..., None]
    return found


def _alike(own: Mapping[str, Sequence[int]]) -> Iterator[tuple[list[str], NDArray[np.int64]]]:
    """Services with equally many columns, and these `[n, K]`: they are handled at once."""
    counts: dict[int, list[str]] = {}
    for name, columns in own.items():
        counts.setdefault(len(columns), []).append(name)
    for names in counts.values():
        yield names, np.array([own[name] for name in names], dtype=np.int64)


def _demand(traffic: Floats) -> Floats:
    """How far the traffic `[T, n, K]` of services rose `[T, n]`: levels are larger where there is less."""
    middle = median(np.moveaxis(traffic, 2, 0).reshape(traffic.shape[2], -1)).reshape(traffic.shape[:2])
    found: Floats = np.maximum(-np.nan_to_num(middle), 0.0)
    return found


def _without(traffic: Floats, own: Mapping[str, Sequence[int]]) -> Iterator[tuple[NDArray[np.int64], Floats]]:
    """The columns `[n, K]` of services and the median `[T, n]` of those of all others, 0 where there is none.

    The columns of `traffic` `[T, M]` stand service by service. They are put in order once, whoever is left
    out: the rank of the median among the others moves up by one for each of their own below it.
    """
    order = np.argsort(traffic, axis=1)
    ordered = np.take_along_axis(traffic, order, axis=1)
    place = np.argsort(order, axis=1)
    seen = np.isfinite(traffic).sum(axis=1)[:, None]
    firsts = dict(zip(own, np.cumsum([0, *map(len, own.values())]).tolist(), strict=False))
    for names, columns in _alike(own):
        at = np.array([firsts[name] for name in names])[:, None] + np.arange(columns.shape[1])
        taken = np.sort(place[:, at], axis=2)
        left = seen - (taken < seen[..., None]).sum(axis=2)
        middle = [_ranked(ordered, taken, rank) for rank in ((left - 1) // 2, left // 2)]
        yield columns, np.where(left > 0, np.nan_to_num(sum(middle) / 2), 0.0)


def _ranked(ordered: Floats, taken: NDArray[np.int64], rank: NDArray[np.int64]) -> Floats:
    """The values `[T, n]` of a rank within rows in order, without those at the places `taken` `[T, n, K]`."""
    at = np.maximum(rank, 0)
    for place in np.moveaxis(taken, 2, 0):
        at = at + (place <= at)
    return np.take_along_axis(ordered, np.minimum(at, ordered.shape[1] - 1), axis=1)
