"""A regression on its way into a window: where it began, and along the edges to the callers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from octad.signals.metric_polarity import Family, family
from octad_train.data.operations.deployment_windows import Deployment, callers
from octad_train.inject.courses import Shape, worse
from octad_train.simulate.log_messages import Said, sentence

Floats = NDArray[np.float64]

#: What callers feel of it, by what is wrong with the callee.
_FELT: dict[Family, tuple[Family, ...]] = {
    "latency": ("latency", "queue", "throughput"), "queue": ("latency", "queue", "throughput"),
    "errors": ("errors", "success"), "success": ("errors", "success"), "throughput": ("throughput",),
    "cpu": ("latency",), "memory": (),
}  # fmt: skip
_NEW_MESSAGE, _SEEN_BY_CALLER = 0.75, 0.5


class Injection:
    """One regression on its way into the values `[T, N]`; `share` is its course from the onset on."""

    def __init__(
        self, deployment: Deployment, values: Floats, share: Floats, rng: np.random.Generator
    ) -> None:
        self.window = deployment.window
        self.values = values
        self.onset = len(values) - len(share)
        self.share = share
        self.rng = rng
        self.services: tuple[str, ...] = ()
        self.felt: dict[str, int] = {}

    def inject(self, columns: list[int], shape: Shape, ratio: float) -> None:
        """An outage of the service of these columns, or a regression of them, and what callers feel."""
        if shape == "outage":
            self.outage(columns)
        else:
            self.regression(columns, ratio)

    def regression(self, columns: list[int], ratio: float) -> None:
        """Worsen the first column by the ratio, the others by half of it or more, and what callers feel."""
        for number, column in enumerate(columns):
            part = 1.0 if number == 0 else self.rng.uniform(0.5, 1.0)
            self._worsen(column, 1 + (ratio - 1) * part)
        kinds = {family(self.window.names[column][1]) for column in columns}
        self._spread(self._service(columns), {felt for kind in kinds for felt in _FELT[kind]}, ratio)

    def outage(self, columns: list[int]) -> None:
        """Nothing of the service is observed for three points or more, and its callers fail."""
        service = self._service(columns)
        rest = len(self.share)
        points = slice(self.onset, self.onset + int(self.rng.integers(3, max(rest, 3) + 1)))
        for column, (name, _) in enumerate(self.window.names):
            if name == service:
                self.values[points, column] = np.nan
        self._spread(service, {"errors", "success", "latency"}, 3.0)

    def messages(self, ratio: float) -> list[Said]:
        """New messages where it began, most of the time, and now and then at those who feel it."""
        new: list[Said] = []
        if self.rng.random() >= _NEW_MESSAGE:
            return new
        where = {**dict.fromkeys(self.services, 0), **self.felt}
        for service, delay in where.items():
            if service in self.services or self.rng.random() < _SEEN_BY_CALLER:
                rate = np.zeros(len(self.values))
                size = self.rng.uniform(0.5, 8.0) * min(ratio - 0.9, 1.5)
                start = self.onset + delay
                rate[start:] = size * np.abs(self.share[: len(self.share) - delay])
                new.append(sentence("fault", service, rate, self.rng))
        return new

    def touched(self, original: Floats) -> tuple[str, ...]:
        """Names of the series that differ, those of the services where it began first."""
        same = np.isclose(self.values, original, rtol=1e-9, equal_nan=True).all(axis=0)
        found = [self.window.names[column] for column in np.flatnonzero(~same).tolist()]
        found.sort(key=lambda name: name[0] not in self.services)
        return tuple(f"{service}.{metric}" for service, metric in found)

    def _service(self, columns: list[int]) -> str:
        service = self.window.names[columns[0]][0]
        self.services = (*self.services, service)
        return service

    def _worsen(self, column: int, ratio: float, delay: int = 0) -> None:
        start = self.onset + delay
        share = self.share[: len(self.values) - start]
        metric = self.window.names[column][1]
        self.values[start:, column] = worse(self.values[start:, column], metric, ratio, share)

    def _spread(self, service: str, kinds: set[Family], ratio: float) -> None:
        """Callers feel a part of it, less and later with every edge between."""
        strength = self.rng.uniform(0.3, 0.8)
        lag = int(self.rng.integers(0, 3))
        for caller, hops in callers(self.window.graph, service).items():
            delay = min(lag * hops, len(self.share) - 1)
            for column, (name, metric) in enumerate(self.window.names):
                if name == caller and family(metric) in kinds:
                    self._worsen(column, 1 + (ratio - 1) * strength**hops, delay)
                    self.felt[caller] = delay
