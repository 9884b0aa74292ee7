"""Nodes of a simulated graph that are no services: mirrors of a service, error paths, rare jobs."""

from __future__ import annotations

import numpy as np

from octad.signals.levels import Floats
from octad_train.simulate.fault import State
from octad_train.simulate.metrics import Monitor, mean_latency, of_percentile, only_seen, rarity


def add_views(monitor: Monitor, state: State) -> None:
    """Add such nodes with their metrics and edges, in systems that have them."""
    share, rng = monitor.system.views, monitor.rng
    if not share:
        return
    for service in range(1, monitor.system.size):
        callers = [caller for caller, callee in monitor.system.edges if callee == service]
        if rng.random() < share:
            node = _node(monitor, callee=service)
            _mirror(monitor, state, (node, service), rng.choice([0.02, 0.05, 0.3]), rng.uniform(1, 1.3))
        if callers and rng.random() < share:
            node = _node(monitor, caller=int(rng.choice(callers)))
            _mirror(monitor, state, (node, service), rng.choice([0.02, 0.1, 0.5]), rng.uniform(1, 3))
    for service in range(monitor.system.size):
        if rng.random() < share * 0.4:
            _error_path(monitor, service)
        if rng.random() < share * 0.4:
            _rare_job(monitor, service)


def _node(monitor: Monitor, *, caller: int | None = None, callee: int | None = None) -> int:
    node = monitor.nodes
    monitor.nodes += 1
    monitor.edges.append((node if caller is None else caller, node if callee is None else callee))
    return node


def _mirror(monitor: Monitor, state: State, pair: tuple[int, int], share: float, lag: float) -> None:
    """Show latency and failures of a service at another node, over a share of its traffic."""
    node, service = pair
    flow, system = monitor.flow, monitor.system
    traffic = np.maximum(flow.traffic[service], 0) * share * monitor.noise(0.2)
    count = monitor.counted(traffic)
    latency = (flow.latency[service] + state.delay[service]) * lag
    tail, few = flow.tail[service], rarity(count)
    if "mean" in system.shown:
        noise = monitor.noise(system.noise + few)
        monitor.show(node, "mean", only_seen(mean_latency(latency, tail) * noise, count))
    for percentile in system.percentiles:
        values = of_percentile(latency, tail, percentile) * monitor.noise(system.noise + 1.5 * few)
        monitor.show(node, "latency", only_seen(values, count), percentile)
    monitor.requests(node, count, traffic)
    monitor.success(node, count, flow.errors[service])


def _error_path(monitor: Monitor, service: int) -> None:
    """A node that is called when the service fails, and never fails itself."""
    rng, flow = monitor.rng, monitor.flow
    failed = np.maximum(flow.traffic[service], 0) * np.clip(flow.errors[service], 0, 1)
    count = rng.poisson(failed * rng.choice([0.1, 0.5, 1]) + rng.choice([0, 0, 0.3])).astype(np.float64)
    node = _node(monitor, caller=service)
    monitor.show(node, "requests", count)
    monitor.show(node, "mean", only_seen(monitor.system.own[service] * monitor.noise(0.3), count))
    monitor.show(node, "success", only_seen(np.full(monitor.length, 100.0), count))


def _rare_job(monitor: Monitor, service: int) -> None:
    """A node with a handful of calls a step, which may always fail and has nothing to do with the fault."""
    rng, length = monitor.rng, monitor.length
    steady = rng.random() < 0.6
    rhythm: Floats = np.ones(length) if steady else np.asarray((rng.random(length) < 0.5) * 3.0)
    count = rng.poisson(rng.choice([0.3, 1, 3, 8]) * rhythm).astype(np.float64)
    node = _node(monitor, caller=service)
    monitor.show(node, "requests", count)
    for percentile in monitor.system.percentiles:
        values = monitor.system.own[service] * monitor.noise(0.5)
        monitor.show(node, "latency", only_seen(values, count), percentile)
    failed = rng.binomial(count.astype(np.int64), rng.choice([0, 0.3, 1]))
    monitor.show(node, "success", only_seen(100 * (1 - failed / np.maximum(count, 1)), count))
