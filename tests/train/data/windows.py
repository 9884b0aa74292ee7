"""A normal window of four services that call one another, and a deployment in it, for tests."""

from __future__ import annotations

import numpy as np

from octad.records.graph import Edge, Graph, Node
from octad_train.data.operations.deployment_windows import Deployment
from octad_train.data.operations.normal_windows import NormalWindow

SERVICES = ("front", "cart", "store", "other")
METRICS = ("latency", "availability", "cpu", "memory", "requests")
CALLS = (("front", "cart"), ("cart", "store"), ("store", "cart"))
GRAPH = Graph(
    nodes=tuple(Node(id=name) for name in SERVICES),
    edges=tuple(Edge(source=source, target=target) for source, target in CALLS),
)


def stretch(length: int = 200, seed: int = 0) -> NormalWindow:
    rng = np.random.default_rng(seed)
    names = tuple((service, metric) for service in SERVICES for metric in METRICS)
    level = np.array([100.0 if metric == "availability" else 20.0 for _, metric in names])
    noise = np.where(level == 100, 0, rng.normal(0, 0.5, (length, len(names))))
    return NormalWindow("set", "system", names, 60.0 * np.arange(length), level + noise, GRAPH)


def deployment(seed: int = 0) -> Deployment:
    return Deployment(stretch().cut(0, 70), 50, seed)
