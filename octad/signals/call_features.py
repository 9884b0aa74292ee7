"""What the two ends of calls tell of each service: who delays, who fails first, whose calls get lost.

A network delay shows between the ends of a call: its caller waits, its callee does not. It lies at a service
where it shows in most of the calls that lead to it and from it. A failure is born where calls fail that lead
to a service, while those that it makes do not.

Legend: n services, S series, P calls that are measured at both ends, T steps.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.signals.change_point import Window, evidence, shifts
from octad.signals.levels import Floats, mean, median
from octad.signals.quantity import SELF, SUCCESS, end_of
from octad.signals.system import System

CALL_FEATURES = (
    "gap-in", "gap-out", "gap-mean", "gap-fit", "gap-share", "gaps",
    "failure-in", "failure-out", "failure-born", "call-lost", "call-lost-relative",
    "self-rises", "self-falls", "self-relative", "self-callee",
)  # fmt: skip
"""What the numbers of a service mean.

gap: evidence that caller and callee of a call came apart; gap-in: the largest of calls to it, gap-out: of
calls it makes, gap-mean: the mean of both sorts; gap-fit: how much more its calls, or those to it, came apart
than half of the largest gap, together and over that; gap-share: of
all seconds that calls came apart, the share of those it takes part in; gaps: some of its calls are measured
at both ends. failure-in, failure-out: evidence of failing calls to it, and of those it makes; failure-born:
the former minus the latter. call-lost: how much more calls to it fell than their callers were asked for;
call-lost-relative: that over the largest of all. self-rises, self-falls: evidence of the latency without
calls, which is all of it where a service makes none; self-relative: the former over the largest of all,
self-callee: the largest among those it calls.
"""
_STATISTIC = re.compile(r"\d+")
_LEAST = 0.3
"""What largest values are compared with at least, so that noise has no share."""


class Pairs(NamedTuple):
    """Calls measured at both ends: who makes and who serves them `[P]`, and the rows of either end `[P]`.

    `apart` `[P, T]` is by how much the ends differ, in the unit of the latencies, `level` its logarithm over
    what is usual.
    """

    caller: NDArray[np.int64]
    callee: NDArray[np.int64]
    waited: NDArray[np.int64]
    served: NDArray[np.int64]
    apart: Floats
    level: Floats


def pairs_of(system: System) -> Pairs:
    """The calls of which some statistic of latency is known at both ends."""
    ends: dict[tuple[int, int, str], dict[str, int]] = defaultdict(dict)
    for row in np.flatnonzero(system.caller >= 0).tolist():
        table = system.measured[row]
        end = end_of(table)
        if end is not None and system.quantities[row] in ("caller", "callee") and system.owner[row] >= 0:
            statistic = "".join(_STATISTIC.findall(table))
            ends[int(system.caller[row]), int(system.owner[row]), statistic][end] = row
    found = [(*key[:2], held["caller"], held["callee"]) for key, held in ends.items() if len(held) == 2]
    caller, callee, *rows = np.array(found, dtype=np.int64).reshape(-1, 4).T
    waited, served = system.values[rows[0]], system.values[rows[1]]
    apart = np.maximum(waited - served, 0.0)
    unit = 0.05 * median(waited) + 0.01 * np.nanmax(np.nan_to_num(apart), axis=1, initial=0.0, keepdims=True)
    level = np.log1p(apart / np.maximum(np.nan_to_num(unit), np.finfo(float).tiny))
    return Pairs(caller, callee, rows[0], rows[1], apart, level)


def call_features(system: System, pairs: Pairs, window: Window, strength: Floats) -> Floats:
    """CALL_FEATURES of each service `[n, 15]` in one window, in which the series have `strength` `[S]`."""
    n = len(system.calls)
    parts = [_gaps(pairs, window, n), _failures(system, strength, n), _alone(system, strength, n)]
    return np.concatenate(parts, axis=1)


def _gaps(pairs: Pairs, window: Window, n: int) -> Floats:
    apart = pairs.apart
    shift, noise = shifts(pairs.level, window)
    strength = np.maximum(evidence(shift, noise), 0.0)
    inside = apart[:, window.first : window.stop]
    outside = np.concatenate([apart[:, : window.first], apart[:, window.stop :]], axis=1)
    seconds = np.maximum(np.nan_to_num(mean(inside) - median(outside))[:, 0], 0.0) * (strength > 0.5)
    into, out = _largest(pairs.callee, strength, n), _largest(pairs.caller, strength, n)
    count, whole, of_all = (
        _sum(pairs.callee, values, n) + _sum(pairs.caller, values, n)
        for values in (np.ones(len(strength)), strength, seconds)
    )
    share = of_all / max(seconds.sum(), 1e-12)
    beyond = strength - 0.5 * strength.max(initial=0.0)
    arriving = _sum(pairs.callee, beyond, n)
    best = np.maximum(arriving, arriving + _sum(pairs.caller, beyond, n)) / (
        strength.max(initial=0.0) + _LEAST
    )
    return np.stack([into, out, whole / np.maximum(count, 1), best, share, count > 0], axis=1)


def _alone(system: System, strength: Floats, n: int) -> Floats:
    quantity = np.array(system.quantities, dtype=object)
    known = system.owner >= 0
    makes_calls: NDArray[np.bool_] = np.asarray(system.calls.any(axis=1))
    leaf = known & (system.caller < 0) & (quantity == "latency") & ~makes_calls[system.owner]
    rows = np.flatnonzero((known & (quantity == SELF)) | leaf)
    rises, falls = (_largest(system.owner[rows], np.maximum(s * strength[rows], 0.0), n) for s in (1, -1))
    callee = np.max(np.where(system.calls, rises[None, :], 0.0), axis=1, initial=0.0)
    return np.stack([rises, falls, _relative(rises), callee], axis=1)


def _failures(system: System, strength: Floats, n: int) -> Floats:
    quantity = np.array(system.quantities, dtype=object)
    of_call = (system.caller >= 0) & (system.owner >= 0)
    failing = np.flatnonzero(of_call & np.isin(quantity, ("failure", SUCCESS)))
    rises = np.maximum(strength[failing], 0.0)
    into, out = _largest(system.owner[failing], rises, n), _largest(system.caller[failing], rises, n)
    counted = np.flatnonzero(of_call & (quantity == "traffic"))
    asked = np.flatnonzero(~of_call & (system.owner >= 0) & (quantity == "traffic"))
    fell = _largest(system.owner[asked], np.maximum(-strength[asked], 0.0), n)
    beyond = np.maximum(-strength[counted], 0.0) - fell[system.caller[counted]]
    lost = _largest(system.owner[counted], np.maximum(beyond, 0.0), n)
    return np.stack([into, out, into - out, lost, _relative(lost)], axis=1)


def _largest(of: NDArray[np.int64], values: Floats, n: int) -> Floats:
    found = np.zeros(n)
    np.maximum.at(found, of, values)
    return found


def _sum(of: NDArray[np.int64], values: Floats, n: int) -> Floats:
    return np.bincount(of, weights=values, minlength=n).astype(np.float64)


def _relative(own: Floats) -> Floats:
    return np.asarray(own / (own.max(initial=0.0) + _LEAST))
