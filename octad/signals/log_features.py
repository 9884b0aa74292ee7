"""What the logs of each service say of its being the cause, in numbers that know no system and no template.

Legend: K templates, n services.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from octad.records.logs import Logs
from octad.signals.log_shifts import Beginning, LogShifts, log_shifts, owners

Floats = NDArray[np.float64]
_SHARES = ("unusual", "grave-since", "new-grave", "lost", "beside")
LOG_FEATURES = (
    "templates", "lines-ratio", "lines-z", "rise", "fall", "beside-rise", "beside-fall", "grave-rise",
    "new", "new-lines", "new-grave-lines", "gone", "gone-lines", "rare", "grave-before", "watched",
    *(f"{name}-share" for name in _SHARES), *(f"{name}-own" for name in _SHARES),
)  # fmt: skip
"""What the numbers of a service mean; those of `signals/log_shifts.py` as asinh(z) / 4.

lines: of all its lines. rise, fall: the largest of a template, beside-: against its service's other lines;
grave-rise: of a grave one, or a warning. new, gone: share of its templates that came or went, -lines:
log(1 + their lines) / 5. rare: the largest. grave-before: share of its lines that were grave. watched: its
log began before the change. X-share: its part of all services' X; X-own: log(1 + X) / 5. unusual: lines
since that are more, or fewer, than to be expected; lost: fewer; beside: more or fewer than its others'.
"""


def log_features(logs: Logs | None, start: Beginning | None) -> Mapping[str, Floats]:
    """LOG_FEATURES `[26]` of each service that says something; `start` as in `log_shifts`."""
    if logs is None or not logs.templates:
        return {}
    shifts = log_shifts(logs, start)
    names, of = owners(logs)
    rows = np.array([_own(shifts, of == at) for at in range(len(names))])
    amounts = np.stack([np.bincount(of, weights=one, minlength=len(names)) for one in _amounts(shifts)])
    shares = amounts / np.maximum(amounts.sum(axis=1, keepdims=True), 1.0)
    table = np.concatenate([rows, shares.T, np.log1p(amounts.T) / 5], axis=1)
    return dict(zip(names.tolist(), table, strict=True))


def _amounts(shifts: LogShifts) -> Sequence[Floats]:
    """Lines of each sort in _SHARES, of each template `[K]`; what is no surprise counts little."""
    usual = shifts.before * shifts.n_since / max(shifts.n_before, 1)
    differ = np.abs(shifts.since - usual) if shifts.split else np.zeros(len(usual))
    sure = np.clip(np.abs(shifts.z) - 2.0, 0.0, 2.0) / 2.0
    beside = np.clip(np.abs(shifts.beside) - 2.0, 0.0, 2.0) / 2.0
    grave = shifts.grave / 2
    return (
        differ * sure,
        shifts.since * grave,
        shifts.since * grave * shifts.new,
        differ * sure * (shifts.since < usual),
        differ * beside,
    )


def _own(shifts: LogShifts, of: NDArray[np.bool_]) -> Floats:
    before, since = shifts.before[of], shifts.since[of]
    z, beside, grave = shifts.z[of], shifts.beside[of], shifts.grave[of]
    new, gone = shifts.new[of], shifts.gone[of]
    lines_ratio = np.log((since.sum() + 0.5) / (shifts.n_since + 0.5))
    lines_ratio -= np.log((before.sum() + 0.5) / (shifts.n_before + 0.5))
    parted = bool(shifts.n_before and shifts.n_since)
    whole = (z * np.sqrt(before + since)).sum() / max(float(np.sqrt((before + since).sum())), 1.0)
    return np.array(
        [
            np.log1p(len(before)) / 5,
            np.clip(lines_ratio / 3, -3, 3) * parted,
            _scaled(whole),
            _scaled(max(z.max(), 0.0)),
            _scaled(max(-z.min(), 0.0)),
            _scaled(max(beside.max(), 0.0)),
            _scaled(max(-beside.min(), 0.0)),
            _scaled(max((z * grave / 2).max(), 0.0)),
            new.mean(),
            np.log1p(since[new].sum()) / 5,
            np.log1p((since * grave / 2)[new].sum()) / 5,
            gone.mean(),
            np.log1p(before[gone].sum()) / 5,
            shifts.rare[of].max() / 3,
            (before * (grave > 0)).sum() / max(before.sum(), 1.0),
            float(bool(before.sum())),
        ]
    )


def _scaled(z: float) -> float:
    return float(np.arcsinh(z)) / 4
