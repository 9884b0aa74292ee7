"""The course that a regression takes: how much of its full size each point has."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from octad.signals.metric_polarity import Family, family

Floats = NDArray[np.float64]
Shape = Literal["step", "ramp", "spikes", "sawtooth", "variance", "outage"]
SHAPES: tuple[Shape, ...] = ("step", "ramp", "spikes", "sawtooth", "variance", "outage")
#: Which courses a metric of a family takes. A leak fills memory, nothing makes it jitter.
USUAL: dict[Family, tuple[Shape, ...]] = {
    "errors": ("step", "ramp", "spikes"),
    "success": ("step", "ramp", "spikes"),
    "latency": ("step", "ramp", "spikes", "sawtooth", "variance"),
    "queue": ("step", "ramp", "spikes", "sawtooth"),
    "throughput": ("step", "ramp", "spikes"),
    "cpu": ("step", "ramp", "spikes", "sawtooth"),
    "memory": ("step", "ramp", "sawtooth"),
}
#: Failing requests in a hundred, per unit of (ratio - 1), where the normal share is about nothing.
FAILING = 5.0
_PERCENT = ("%", "percent", "utilization", "utilisation")


def course(shape: Shape, length: int, rng: np.random.Generator) -> Floats:
    """Share of the full size at each of the `length` points after the onset, `[length]`, 0 to 1.

    The share of `variance` may be negative: the logarithm of the level then spreads around its own.
    """
    time = np.arange(length)
    if shape == "ramp":
        return np.minimum((time + 1) / rng.integers(4, max(length, 5) + 1), 1.0)
    if shape == "sawtooth":
        period = int(rng.integers(4, 11))
        return (time % period + 1) / period
    if shape == "spikes":
        hit = rng.random(length) < rng.uniform(0.2, 0.5)
        hit[0] = True
        return hit * rng.uniform(0.8, 1.0, length)
    if shape == "variance":
        return rng.standard_normal(length).clip(-2, 2)
    return np.ones(length)


def worse(values: Floats, metric: str, ratio: float, share: Floats) -> Floats:
    """Values `[T]` of a metric made worse by a ratio, each by its share `[T]` of the full size.

    Where more is worse they are multiplied by up to `ratio`, where less is worse divided by it; failing
    requests in a hundred rise by 5 (ratio - 1). A percentage stays below 100.
    """
    kind = family(metric)
    if kind in ("errors", "success"):
        top = 1.0 if kind == "success" and np.nanmax(values, initial=0.0) <= 1 else 100.0
        failing = np.clip(FAILING * (ratio - 1) * share, 0, 100) / 100
        return values * (1 - failing) if kind == "success" else values + (top - values) * failing
    factor = np.where(share < 0, float(ratio) ** np.minimum(share, 0), 1 + (ratio - 1) * np.maximum(share, 0))
    if kind == "throughput":
        return values / factor
    raised = values * factor
    bounded = any(word in metric.lower() for word in _PERCENT)
    return np.minimum(raised, np.maximum(values, 100.0)) if bounded else raised


def can_worsen(values: Floats, metric: str, ratio: float) -> bool:
    """Whether a regression of this ratio would show in a metric with these normal values `[T]`."""
    kind = family(metric)
    seen = values[np.isfinite(values)]
    if kind not in USUAL or len(seen) < 0.8 * len(values):
        return False
    level = float(np.median(seen))
    if kind in ("errors", "success"):
        top = 1.0 if kind == "success" and seen.max() <= 1 else 100.0
        return level > 0.5 * top if kind == "success" else level < 0.5 * top
    bounded = any(word in metric.lower() for word in _PERCENT)
    return level > 0 and not (bounded and level * ratio > 100)
