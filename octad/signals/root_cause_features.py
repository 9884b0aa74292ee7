"""What speaks for each service being the cause: its own deviations, and whether those around it explain them.

Nothing here knows a system's size, units or names: a number may be learned on one system and used on another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from octad.signals.call_features import CALL_FEATURES, call_features, pairs_of
from octad.signals.change_point import Window, evidence, shifts
from octad.signals.levels import Floats, median
from octad.signals.quantity import QUANTITIES, SELF, SUCCESS
from octad.signals.system import System

_SYMPTOMS = {
    "symptom": ("latency", "caller", "callee", "failure"),
    "latency": ("latency", "caller", "callee"),
    "failure": ("failure",),
}
_PLACES = {name: at for at, name in enumerate(QUANTITIES)}
_PLACES |= {SUCCESS: QUANTITIES.index("failure"), SELF: QUANTITIES.index("latency")}
_AROUND = ("callee", "caller", "explains", "beneath", "relative", "own", "callers")
FEATURES = (
    *(f"{quantity}-rises" for quantity in QUANTITIES),
    *(f"{quantity}-falls" for quantity in QUANTITIES),
    *(f"{symptom}-{number}" for symptom in _SYMPTOMS for number in _AROUND),
    "resource-relative", "any-relative", "network", "callee-starved", "vanished", "moved",
    "unobserved", "volume", "calls", "isolated", *CALL_FEATURES,
)  # fmt: skip
"""What the numbers of a service mean.

X-rises, X-falls: largest evidence (see `signals/change_point.py`) of a series of that quantity, up or down.
symptom: latency or failures; of each, callee and caller: the largest among those it calls, and that call it;
explains: share of the whole system's that lies in it and in all that depend on it; beneath: share in all that
it depends on; relative: its own over the largest; own: its own minus the largest of its callees; callers:
mean of those that call it. resource-relative: cpu or memory over the largest of all; any-relative: of any
quantity. network: seen by callers minus seen by itself. callee-starved: its callees' fall of traffic beyond
its own. vanished: share of its series that stopped, moved: share with evidence above 1. unobserved: it has
no series. volume: log of its traffic over the largest, times .3. calls: it calls some; isolated: it is in
no call. The rest: see `signals/call_features.py`.
"""


def features(system: System, found: Sequence[Window]) -> Floats:
    """FEATURES of each service `[n, 64]`, averaged over the windows; finite, zero without windows."""
    total = np.zeros((len(system.calls), len(FEATURES)))
    below, volume, pairs = reachable(system.calls).astype(float), _volume(system), pairs_of(system)
    for window in found:
        shift, noise = shifts(system.level, window)
        strength = evidence(shift, noise)
        own = _numbers(system, window, strength, (below, volume))
        total += window.weight * np.concatenate([own, call_features(system, pairs, window, strength)], axis=1)
    return total


def reachable(calls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whom each calls, directly or not `[n, n]`; cycles are allowed, and nobody reaches itself."""
    bits = np.packbits(calls, axis=1)
    for via in range(len(calls)):  # Warshall (1962), the callees of each as bits
        bits[bits[:, via >> 3] >> (7 - (via & 7)) & 1 == 1] |= bits[via]
    found = np.unpackbits(bits, axis=1, count=len(calls)).astype(bool)
    return found & ~np.eye(len(calls), dtype=bool)


def _numbers(system: System, window: Window, strength: Floats, usual: tuple[Floats, Floats]) -> Floats:
    """What is told of each service by itself; `usual` is who is below whom, and volumes, in every window."""
    below, volume = usual
    rises, falls = _by_quantity(system, strength), _by_quantity(system, -strength)
    column = {name: rises[:, at] for at, name in enumerate(QUANTITIES)}
    around = [
        _around(np.max([column[name] for name in names], axis=0), system.calls, below)
        for names in _SYMPTOMS.values()
    ]
    memory, traffic = (falls[:, QUANTITIES.index(name)] for name in ("memory", "traffic"))
    resource = np.max([column["cpu"], column["memory"], memory], axis=0)
    count = _per_service(system, np.ones(len(strength)))
    rest = [
        _relative(resource),
        _relative(np.maximum(rises, falls).max(axis=1)),
        column["caller"] - column["callee"],
        _largest(system.calls, traffic) - traffic,
        _per_service(system, _vanished(system.level, window)) / np.maximum(count, 1),
        _per_service(system, np.abs(strength) > 1) / np.maximum(count, 1),
        count == 0,
        volume,
        system.calls.any(axis=1),
        ~(system.calls.any(axis=0) | system.calls.any(axis=1)),
    ]
    return np.concatenate([rises, falls, *around, np.stack(rest, axis=1)], axis=1)


def _by_quantity(system: System, strength: Floats) -> Floats:
    """The largest of each quantity of each service `[n, Q]`, 0 at least."""
    table = np.zeros((len(system.calls), len(QUANTITIES)))
    at = np.array([_PLACES[name] for name in system.quantities], dtype=np.int64)
    known = system.owner >= 0
    np.fmax.at(table, (system.owner[known], at[known]), strength[known])
    return table


def _around(own: Floats, calls: NDArray[np.bool_], below: Floats) -> Floats:
    """The numbers named in _AROUND `[n, 7]` of one symptom `[n]`."""
    callee, whole = _largest(calls, own), own.sum() + 0.3
    columns = [
        callee,
        _largest(calls.T, own),
        (below.T @ own + own) / whole,
        below @ own / whole,
        _relative(own),
        own - callee,
        calls.T.astype(float) @ own / np.maximum(calls.sum(axis=0), 1),
    ]
    return np.stack(columns, axis=1)


def _largest(linked: NDArray[np.bool_], own: Floats) -> Floats:
    return np.asarray(np.max(np.where(linked, own[None, :], 0.0), axis=1, initial=0.0))


def _relative(own: Floats) -> Floats:
    return np.asarray(own / (own.max(initial=0.0) + 0.3))


def _per_service(system: System, values: NDArray[np.generic]) -> Floats:
    known = system.owner >= 0
    weights = np.asarray(values, dtype=np.float64)[known]
    count = np.bincount(system.owner[known], weights=weights, minlength=len(system.calls))
    return count.astype(np.float64)


def _vanished(level: Floats, window: Window) -> NDArray[np.bool_]:
    seen = np.isfinite(level)
    return np.asarray(seen.any(axis=1) & ~seen[:, window.first : window.stop].any(axis=1), dtype=bool)


def _volume(system: System) -> Floats:
    """Log of the usual traffic over that of the busiest, × .3; 0 where nothing counts traffic."""
    largest = np.zeros(len(system.calls))
    usual = np.nan_to_num(median(system.values)[:, 0])
    counted = (system.owner >= 0) & np.array([name == "traffic" for name in system.quantities], dtype=bool)
    np.maximum.at(largest, system.owner[counted], usual[counted])
    logs = np.log1p(largest)
    return np.asarray(0.3 * (logs - logs.max(initial=0.0)))
