"""Normal stretches made by formulas: daily demand, noise and a chain of services; for examples and tests."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from octad.records.graph import Edge, Graph, Node
from octad_train.data.operations.normal_windows import NormalWindow

Floats = NDArray[np.float64]

METRICS = ("requests", "latency", "errors", "cpu")
SERVICES = ("gateway", "cart", "checkout", "stock")
POINTS, STEP = 480, 60.0
START = 1_700_000_040.0
"""A Tuesday night in November 2023."""


def synthetic_windows(count: int = 8, seed: int = 0) -> list[NormalWindow]:
    """So many stretches of eight hours of four services that call one another in a row."""
    rng = np.random.default_rng(seed)
    nodes = tuple(Node(id=name) for name in SERVICES)
    edges = tuple(Edge(source=a, target=b) for a, b in pairwise(SERVICES))
    names = tuple((service, metric) for service in SERVICES for metric in METRICS)
    found = []
    for number in range(count):
        times = START + number * 86_400 + STEP * np.arange(POINTS, dtype=np.float64)
        values: Floats = np.column_stack([column for _ in SERVICES for column in _service(times, rng)])
        found.append(
            NormalWindow("made", f"made-{number}", names, times, values, Graph(nodes=nodes, edges=edges))
        )
    return found


def _service(times: Floats, rng: np.random.Generator) -> list[Floats]:
    """Requests a second with a day's rhythm, latency and CPU that follow them a little, rare errors."""
    day = 1 + 0.4 * np.sin(times / 86_400 * 2 * np.pi + rng.uniform(0, 6))
    requests = rng.uniform(20, 200) * day * rng.lognormal(0, 0.05, len(times))
    load = requests / requests.mean()
    latency = rng.uniform(0.01, 0.3) * load**0.3 * rng.lognormal(0, 0.1, len(times))
    errors = rng.poisson(0.002 * requests) / 60
    cpu = np.clip(rng.uniform(0.1, 0.5) * load * rng.lognormal(0, 0.05, len(times)), 0, 1)
    return [requests, latency, errors, cpu]
