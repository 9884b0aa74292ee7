"""Windows of normal metrics around a moment that stands for a deployment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from octad.records.graph import Graph
from octad.signals.metric_polarity import family
from octad_train.data.operations.normal_windows import NormalWindow

BEFORE, AFTER = (30, 60), (15, 30)
"""Points before and after the deployment, least and most."""
MOST_SERVICES = 8
_RENAMED = 0.5


@dataclass(frozen=True, slots=True)
class Deployment:
    """A normal window; the point number `at` is the first after the deployment.

    `seed` fixes what every version of the window shares, injected or not: its logs.
    """

    window: NormalWindow
    at: int
    seed: int

    def __post_init__(self) -> None:
        if not 0 < self.at < len(self.window):
            raise ValueError(f"a deployment at {self.at} of {len(self.window)} points")


def draw(stretches: Sequence[NormalWindow], rng: np.random.Generator) -> Deployment:
    """A window of one of the stretches, of one to eight services, and where it is deployed.

    Sets are drawn alike, then stretches by their number of windows. A stretch that holds a single series
    gets others of its system beside it, as services that do not depend on each other. Raises ValueError
    where no stretch is long enough.
    """
    before, after = (int(rng.integers(low, high + 1)) for low, high in (BEFORE, AFTER))
    enough = [stretch for stretch in stretches if len(stretch) >= BEFORE[0] + AFTER[0]]
    if not enough:
        raise ValueError(f"no stretch has {BEFORE[0] + AFTER[0]} points")
    sources = sorted({stretch.source for stretch in enough})
    source = sources[int(rng.integers(len(sources)))]
    enough = [stretch for stretch in enough if stretch.source == source]
    weights = np.array([len(stretch) for stretch in enough], dtype=np.float64)
    first = enough[int(rng.choice(len(enough), p=weights / weights.sum()))]
    before = min(before, len(first) - after)
    window = _cut(first, before + after, rng)
    if len(first.names) == 1:
        others = [s for s in enough if s.system == first.system and len(s) >= len(window)]
        window = _beside(window, others, rng)
    else:
        window = window.only(_neighbours(window, int(rng.integers(1, MOST_SERVICES + 1)), rng))
    return Deployment(_renamed(window, rng), before, int(rng.integers(2**62)))


def callers(graph: Graph | None, service: str) -> dict[str, int]:
    """Who depends on a service, directly or through others, and over how many edges."""
    hops = {service: 0}
    reached = [service]
    for target in reached:
        for edge in graph.edges if graph else ():
            if edge.target == target and edge.source not in hops:
                hops[edge.source] = hops[target] + 1
                reached.append(edge.source)
    del hops[service]
    return hops


def _cut(stretch: NormalWindow, length: int, rng: np.random.Generator) -> NormalWindow:
    start = int(rng.integers(len(stretch) - length + 1))
    return stretch.cut(start, start + length)


def _beside(window: NormalWindow, others: Sequence[NormalWindow], rng: np.random.Generator) -> NormalWindow:
    """The window with up to seven more of the stretches, each read on the clock of the first."""
    names, columns = list(window.names), [window.values]
    for at in rng.permutation(len(others))[: int(rng.integers(MOST_SERVICES))].tolist():
        if others[at].names[0] not in names:
            names.append(others[at].names[0])
            columns.append(_cut(others[at], len(window), rng).values)
    return replace(window, names=tuple(names), values=np.concatenate(columns, axis=1))


def _neighbours(window: NormalWindow, count: int, rng: np.random.Generator) -> list[str]:
    """Services that were observed, spreading from one along the edges, then from another."""
    seen = np.isfinite(window.values).any(axis=0)
    left = sorted({window.names[column][0] for column in np.flatnonzero(seen).tolist()})
    edges = window.graph.edges if window.graph else ()
    chosen: list[str] = []
    while left and len(chosen) < count:
        near = {edge.source for edge in edges if edge.target in chosen}
        near |= {edge.target for edge in edges if edge.source in chosen}
        pool = [name for name in left if name in near] or left
        chosen.append(pool[int(rng.integers(len(pool)))])
        left.remove(chosen[-1])
    return chosen


def _renamed(window: NormalWindow, rng: np.random.Generator) -> NormalWindow:
    """The window, half the time with availability as an error rate, and with requests as throughput.

    The same facts in other words: so a test sees errors near nothing, and a metric whose fall is bad.
    """
    errors, throughput = rng.random(2) < _RENAMED
    names, values = list(window.names), window.values.copy()
    for at, (service, metric) in enumerate(names):
        kind = family(metric)
        if errors and kind == "success":
            names[at], values[:, at] = (service, "error_rate_percent"), 100 - values[:, at]
        elif throughput and kind == "requests":
            names[at] = (service, "throughput")
    return replace(window, names=tuple(names), values=values)
