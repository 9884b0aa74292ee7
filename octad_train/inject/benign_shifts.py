"""Changes of metrics that no deployment is to be rolled back for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from octad.signals.metric_polarity import WORSE, Family, family
from octad_train.data.operations.deployment_windows import Deployment
from octad_train.inject.courses import can_worsen, course, worse

Floats = NDArray[np.float64]
#: How much of a rise of the load other metrics follow; what stands not here follows it wholly.
_FOLLOWS: dict[Family, float] = {
    "errors": 0.0, "success": 0.0, "latency": 0.1, "queue": 0.1, "memory": 0.1, "cpu": 0.7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BenignShift:
    """What changed: its kind, the values `[T, N]` with it, and the load `[T]`, 1 where it is the usual."""

    kind: str
    values: Floats
    load: Floats


def benign_shift(deployment: Deployment, kind: str, rng: np.random.Generator) -> BenignShift:
    """The window with one benign change of a kind, one of KINDS.

    A kind that finds nothing to change, say `better` without a metric that can get better, leaves the
    values as they are.
    """
    values = deployment.window.values.copy()
    load = _KINDS[kind](deployment, values, rng)
    return BenignShift(kind, values, np.ones(len(values)) if load is None else load)


def _load(deployment: Deployment, values: Floats, rng: np.random.Generator) -> Floats:
    """More demand on every service, before the deployment or after it; less only where no fall is bad."""
    kinds = [family(metric) for _, metric in deployment.window.names]
    size = rng.uniform(1.2, 2.5)
    if "throughput" not in kinds and rng.random() < 0.3:
        size = 1 / size
    start = int(rng.integers(deployment.at // 4, (deployment.at + len(values)) // 2))
    load = np.ones(len(values))
    load[start:] += (size - 1) * course("ramp" if rng.random() < 0.5 else "step", len(values) - start, rng)
    for column, (kind, (_, metric)) in enumerate(zip(kinds, deployment.window.names, strict=True)):
        factor = 1 + _FOLLOWS.get(kind, 1.0) * (load - 1)
        values[:, column] = (
            worse(values[:, column], metric, 2.0, factor - 1)
            if kind == "cpu" and size > 1
            else values[:, column] * factor
        )
    return load


def _drift(deployment: Deployment, values: Floats, rng: np.random.Generator) -> None:
    """A slow swing of everything but failures, as of the time of day, under way before the deployment."""
    phase, turns = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.7)
    swing = rng.uniform(0.05, 0.3) * np.sin(phase + 2 * np.pi * turns * np.linspace(0, 1, len(values)))
    for column, (_, metric) in enumerate(deployment.window.names):
        if family(metric) not in ("errors", "success"):
            values[:, column] *= 1 + swing * rng.uniform(0.7, 1.0)


def _better(deployment: Deployment, values: Floats, rng: np.random.Generator) -> None:
    """The metrics of a family improve at one service."""
    start = _onset(deployment, rng)
    for column in _one_family(deployment, rng):
        size = rng.uniform(1.2, 3.0)
        more_is_worse = WORSE[family(deployment.window.names[column][1])] > 0
        values[start:, column] *= 1 / size if more_is_worse else size


def _early(deployment: Deployment, values: Floats, rng: np.random.Generator) -> None:
    """Something got worse at one service, but well before the deployment."""
    start = int(rng.integers(1, max(int(0.4 * deployment.at), 2)))
    size = rng.uniform(1.25, 3.0)
    for column in _one_family(deployment, rng):
        metric = deployment.window.names[column][1]
        share = np.ones(len(values) - start)
        values[start:, column] = worse(values[start:, column], metric, size, share)


def _restart(deployment: Deployment, values: Floats, rng: np.random.Generator) -> None:
    """The first one or two points of a service after the deployment are slow, or missing."""
    service = _any(deployment.window.services, rng)
    points = slice(deployment.at, deployment.at + int(rng.integers(1, 3)))
    missing, size = rng.random() < 0.3, rng.uniform(1.5, 5.0)
    for column, (name, metric) in enumerate(deployment.window.names):
        if name == service and missing:
            values[points, column] = np.nan
        elif name == service and family(metric) in ("latency", "cpu", "queue", "errors", "success"):
            part = values[points, column]
            values[points, column] = worse(part, metric, size, rng.uniform(0, 1, len(part)))


def _demand(deployment: Deployment, values: Floats, rng: np.random.Generator) -> None:
    """Metrics of one service that are neither good nor bad settle elsewhere."""
    start, size = _onset(deployment, rng), float(np.exp(rng.uniform(-1.1, 1.1)))
    service = _any(deployment.window.services, rng)
    for column, (name, metric) in enumerate(deployment.window.names):
        if name == service and WORSE[family(metric)] == 0:
            values[start:, column] *= size


def _release(_deployment: Deployment, _values: Floats, _rng: np.random.Generator) -> None:
    """Nothing but new messages in the logs."""


_KINDS: dict[str, Callable[[Deployment, Floats, np.random.Generator], Floats | None]] = {
    "load": _load, "drift": _drift, "better": _better, "early": _early, "restart": _restart,
    "demand": _demand, "release": _release,
}  # fmt: skip
KINDS = tuple(_KINDS)
"""The kinds of benign changes."""


def _onset(deployment: Deployment, rng: np.random.Generator) -> int:
    return deployment.at + int(rng.integers(0, (len(deployment.window) - deployment.at) // 2))


def _any(choices: list[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def _one_family(deployment: Deployment, rng: np.random.Generator) -> list[int]:
    """The columns of one service and family in which a change would show."""
    window = deployment.window
    groups: dict[tuple[str, str], list[int]] = {}
    for column, (service, metric) in enumerate(window.names):
        if family(metric) not in ("errors", "success") and can_worsen(window.values[:, column], metric, 1.1):
            groups.setdefault((service, family(metric)), []).append(column)
    return groups[sorted(groups)[int(rng.integers(len(groups)))]] if groups else []
