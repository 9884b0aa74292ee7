"""Services that never were, as a Prometheus scrapes them: many worlds at once on a clock that runs fast.

Legend: W worlds, S services, B buckets. Every world has the same services, `web` calling the others; counts
are Poisson, latencies lognormal, demand and levels wander. From a moment on one service of a world is worse.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SERVICES = ("web", "cart", "stock", "user", "pay", "mail")
CALLED = np.array([1.0, 0.5, 0.8, 0.6, 0.2, 0.1])
"""Requests of each service for one of `web`."""
LATENCY = np.log([0.120, 0.025, 0.018, 0.030, 0.200, 0.080])
"""Medians of latency, as logarithms of seconds."""
SPREAD, RATE, FAILING = 0.6, 80.0, 0.002
BOUNDS = np.array([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
KINDS = ("latency", "errors", "traffic", "saturation", "drift", "none")
SIZE, ERRORS, DRIFT = 2.0, 0.05, 1800.0
"""Factor of what is worse, share of failing requests, and seconds until a drift has come to the factor."""
WANDER = 0.05
"""How far demand, latency and processors stray by themselves, as a standard deviation of logarithms."""
COST = 0.004
"""Seconds of processor for a request."""


@dataclass
class Worlds:
    """The counters of all worlds at one time; `advance` moves them on.

    `kinds` says what goes wrong in each, `whose` with which service, `at` from when on, in Unix seconds.
    """

    kinds: tuple[str, ...]
    at: float
    now: float
    rng: np.random.Generator
    whose: NDArray[np.int64] = field(init=False)
    memory: Floats = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.kinds), len(SERVICES))
        self.whose = self.rng.integers(0, shape[1], shape[0])
        self.strayed = self.rng.normal(0, WANDER, (4, *shape))
        self.good, self.bad, self.busy, self.total = (np.zeros(shape) for _ in range(4))
        self.buckets = np.zeros((*shape, len(BOUNDS) + 1))
        self.memory = self.rng.uniform(1e8, 4e8, shape)
        self.quantiles = np.zeros((2, *shape))
        self.load = np.zeros(shape)

    def advance(self, now: float) -> None:
        """Everything that happened until a time."""
        seconds = now - self.now
        if seconds <= 0:
            return
        self.now = now
        slower, failing, traffic, busier = self._harm()
        self._stray(seconds)
        demand = np.exp(self.strayed[0, :, :1]) * (1 + 0.1 * np.sin(now / 3600 * 2 * np.pi))
        rate = RATE * CALLED * demand * np.exp(0.4 * self.strayed[1]) * traffic
        count = self.rng.poisson(rate * seconds)
        bad = self.rng.binomial(count, np.minimum(FAILING + failing, 1))
        level = LATENCY + self.strayed[2] + np.log(slower)
        self.good += count - bad
        self.bad += bad
        self.buckets += self._fallen(count, level)
        self.total += count * np.exp(level + SPREAD**2 / 2)
        self.quantiles = np.exp(level + SPREAD * np.array([0.0, 1.645])[:, None, None]) * self._jitter(2)
        self.load = rate * COST * np.exp(self.strayed[3]) * busier * self._jitter(1)[0]
        self.busy += self.load * seconds
        self.memory *= np.exp(self.rng.normal(0, 0.004, self.memory.shape)) * (1 + 2e-4 * (busier > 1))

    def _harm(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Factors of latency, added failures, factors of traffic and of processors `[W, S]`."""
        shape = (len(self.kinds), len(SERVICES))
        slower, failing, traffic, busier = (np.full(shape, one) for one in (1.0, 0.0, 1.0, 1.0))
        since = self.now - self.at
        for world, kind in enumerate(self.kinds if since > 0 else ()):
            place = (world, int(self.whose[world]))
            if kind == "latency":
                slower[place] = SIZE
            elif kind == "drift":
                slower[place] = 1 + (SIZE - 1) * min(since / DRIFT, 1.0)
            elif kind == "errors":
                failing[place] = ERRORS
            elif kind == "traffic":
                traffic[place] = 1 / SIZE
            elif kind == "saturation":
                busier[place] = SIZE
        return slower, failing, traffic, busier

    def _stray(self, seconds: float) -> None:
        """Levels come back to their own within some ten minutes."""
        kept = np.exp(-seconds / 600)
        self.strayed = kept * self.strayed + WANDER * np.sqrt(1 - kept**2) * self.rng.normal(
            size=self.strayed.shape
        )

    def _fallen(self, count: NDArray[np.int64], level: Floats) -> Floats:
        """Requests by bucket `[W, S, B]`."""
        # The logistic curve stands for the normal one: latencies are lognormal but for the far tail.
        below = 1 / (1 + np.exp(-1.702 * (np.log(BOUNDS) - level[..., None]) / SPREAD))
        chances = np.diff(np.concatenate([np.zeros((*level.shape, 1)), below], axis=-1), axis=-1)
        chances = np.concatenate([chances, 1 - chances.sum(-1, keepdims=True)], axis=-1).clip(0)
        return self.rng.multinomial(count, chances / chances.sum(-1, keepdims=True)).astype(np.float64)

    def _jitter(self, many: int) -> Floats:
        return np.exp(self.rng.normal(0, 0.04, (many, *self.load.shape)))


def exposition(worlds: Worlds) -> str:
    """All series as a Prometheus reads them, with the time of the worlds."""
    stamp = round(worlds.now * 1000)
    cumulative = worlds.buckets.cumsum(-1)
    lines: list[str] = []
    for world in range(len(worlds.kinds)):
        for at, service in enumerate(SERVICES):
            who = f'world="{world}",service="{service}"'
            for name, labels, value in _samples(worlds, cumulative, (world, at)):
                lines.append(f"{name}{{{who}{labels}}} {value:.10g} {stamp}")
    return "\n".join(lines) + "\n"


def _samples(worlds: Worlds, cumulative: Floats, place: tuple[int, int]) -> list[tuple[str, str, float]]:
    """Names, further labels and values of one service of one world."""
    found: list[tuple[str, str, float]] = [
        ("http_requests_total", ',code="200"', worlds.good[place]),
        ("http_requests_total", ',code="500"', worlds.bad[place]),
        ("http_request_duration_seconds_sum", "", worlds.total[place]),
        ("http_request_duration_seconds_count", "", cumulative[place][-1]),
        ("rpc_duration_seconds", ',quantile="0.5"', worlds.quantiles[0][place]),
        ("rpc_duration_seconds", ',quantile="0.95"', worlds.quantiles[1][place]),
        ("container_cpu_usage_seconds_total", "", worlds.busy[place]),
        ("cpu_usage", "", worlds.load[place]),
        ("memory_working_set_bytes", "", worlds.memory[place]),
    ]
    bounds = (*(f"{bound:g}" for bound in BOUNDS), "+Inf")
    counts = zip(bounds, cumulative[place].tolist(), strict=True)
    found += [("http_request_duration_seconds_bucket", f',le="{le}"', count) for le, count in counts]
    return found
