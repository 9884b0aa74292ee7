"""Metrics before and after on scales where a step means the same for all: what twice as bad is, is log 2.

Legend: N metrics, B points before, A points since; NaN: not observed.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    traffic = [at for at, kind in enumerate(families) if kind in TRAFFIC]
    if not traffic:
        return whole
    found = whole.copy()
    whose = np.array([services[at] for at in traffic])
    many = len(set(whose)) >= OTHERS
    for at, service in ((at, services[at]) for at in range(len(families))):
        own, others = ([t for t, same in zip(traffic, whose == service, strict=True) if same is want]
                       for want in (np.True_, np.False_))  # fmt: skip
        if families[at] in TRAFFIC and many:
            found[:, at] -= np.nan_to_num(median(whole[:, others].T))
        elif families[at] == "cpu" and (own or many):
            demand = -np.nan_to_num(median(whole[:, own or traffic].T))
            found[:, at] -= np.maximum(demand, 0.0)
    return found
