"""A system of services drawn at random: who calls whom, its usual numbers, and which metrics it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from octad.signals.levels import Floats

PERCENTILES = (50, 90, 95, 99)
_SHOWN = {
    "cpu": 0.6, "memory": 0.55, "network": 0.4, "client": 0.3, "edge": 0.3, "mean": 0.5,
    "requests": 0.85, "success": 0.7,
}  # fmt: skip
"""How often a system shows such metrics at all."""
_WATCHED = {"traces": 0.75, "logs": 0.8, "machines": 0.4}
WATCHED = 0.55
"""How often more than metrics of services is known of a system, and how often what then."""
SPARSELY, TRACES_ALONE = 0.15, 0.5
"""How often few requests come, and how often traces are all that tells of requests where there are any."""
USUAL, SPARSE = (4.5, 1.2), (1.8, 0.7)
"""Mean and deviation of the logarithm of requests a step at the entrance."""


@dataclass(frozen=True, slots=True)
class SimulatedSystem:
    """Services 0 to n - 1, of which 0 is the entrance and calls go to larger numbers only.

    `calls[x][c]` is how many calls of c one request to x makes. Arrays `[n]`: `own` seconds, `errors`,
    `cpu` and the part of it that follows traffic, `memory`, and `swallow`, the share of its callees'
    errors that a service hides. `rate` is the traffic at the entrance, `noise` that of latencies,
    `observed` the chance that a series is there, `views` the share of services that other nodes mirror.
    Where `counts`, traffic is counted in small whole numbers; where `unawaited`, some calls have no waiting.
    `machine` `[n]` says on which one each service runs.
    """

    calls: tuple[dict[int, float], ...]
    own: Floats
    errors: Floats
    cpu: Floats
    cpu_slope: Floats
    memory: Floats
    swallow: Floats
    rate: float
    noise: float
    observed: float
    views: float
    counts: bool
    unawaited: bool
    percentiles: tuple[int, ...]
    shown: frozenset[str]
    machine: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many services there are."""
        return len(self.calls)

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Caller and callee of each call."""
        return [(caller, callee) for caller, callees in enumerate(self.calls) for callee in callees]

    def reached(self) -> list[int]:
        """The services that a request at the entrance may reach; the others have traffic of their own."""
        found = [0]
        for caller in found:
            found.extend(callee for callee in self.calls[caller] if callee not in found)
        return found


def draw_system(rng: Generator) -> SimulatedSystem:
    """Draw a system: two in three are small (5 to 13 services), the others have up to 35."""
    n = int(rng.integers(5, 14)) if rng.random() < 0.65 else int(rng.integers(14, 36))
    percentiles = tuple(p for p in PERCENTILES if rng.random() < 0.6)
    more = _WATCHED if rng.random() < WATCHED else {}
    shown = {name for name, chance in {**_SHOWN, **more}.items() if rng.random() < chance}
    if "traces" in shown and rng.random() < TRACES_ALONE:
        percentiles, shown = (), shown - {"client", "edge", "mean", "requests", "success"}
    sparse = rng.random() < SPARSELY
    return SimulatedSystem(
        calls=_draw_calls(rng, n),
        own=np.exp(rng.normal(np.log(0.01), 1.2, n)),
        errors=np.where(rng.random(n) < 0.25, rng.uniform(0, 0.03, n), 0),
        cpu=np.exp(rng.normal(2, 1.3, n)),
        cpu_slope=rng.uniform(0.2, 0.9, n),
        memory=np.exp(rng.normal(3.5, 0.7, n)),
        swallow=np.where(rng.random(n) < 0.3, rng.uniform(0.3, 1, n), 0.0),
        rate=float(np.exp(rng.normal(*(SPARSE if sparse else USUAL)))),
        noise=rng.uniform(0.02, 0.15),
        observed=rng.uniform(0.75, 1),
        views=rng.uniform(0.1, 0.5) if rng.random() < 0.4 else 0.0,
        counts=sparse or rng.random() < 0.5,
        unawaited=rng.random() < 0.15,
        percentiles=percentiles,
        shown=frozenset(shown if percentiles or "traces" in shown else shown | {"mean"}),
        machine=rng.integers(0, max(n // int(rng.integers(3, 9)), 1), n),
    )


def _draw_calls(rng: Generator, n: int) -> tuple[dict[int, float], ...]:
    """Each service gets one to three callers of smaller number; in larger systems some get none."""
    bias = rng.uniform(0.5, 2.0)
    calls: list[dict[int, float]] = [{} for _ in range(n)]
    for callee in range(1, n):
        if n > 8 and rng.random() < 0.08:
            continue
        count = 1 + int(rng.random() < 0.3) + int(rng.random() < 0.1)
        for caller in sorted({int(at) for at in rng.random(count) ** bias * callee}):
            calls[caller][callee] = float(rng.choice([0.2, 0.5, 1, 1, 2, 4]))
    return tuple(calls)
