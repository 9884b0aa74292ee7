"""What traces of a simulated system add up to: requests of services, and calls at both of their ends."""

from __future__ import annotations

import numpy as np

from octad.signals.levels import Floats
from octad_train.simulate.fault import State
from octad_train.simulate.metrics import Monitor, of_percentile, only_seen, rarity

PERCENTILES = {50: 0.7, 95: 1.6}
"""The percentiles that are shown, and how much few spans scatter them."""
NOTICED, ONE_END = 0.5, 0.15
"""How often spans say that a request failed, and that only callers write spans."""


def show_traces(monitor: Monitor, state: State) -> None:
    """Show the series of traces, in systems that are traced; some trace few of the requests."""
    if "traces" not in monitor.system.shown:
        return
    rng, system = monitor.rng, monitor.system
    sampled = 1.0 if system.counts else float(rng.choice([0.1, 1.0, 10.0]))
    noticed, one_end = rng.random() < NOTICED, rng.random() < ONE_END
    wire = float(np.exp(rng.normal(np.log(0.001), 0.8)))
    for service in range(system.size):
        count = rng.poisson(np.maximum(monitor.flow.traffic[service], 0) * sampled).astype(np.float64)
        _show_requests(monitor, service, count, noticed)
        _show_waits(monitor, service, count, state)
        for callee, times in system.calls[service].items():
            made = count * times * (1 - state.cut[service]) * (1 - state.dead[service])
            arriving = rng.poisson(made * (1 - state.lost[callee])).astype(np.float64)
            _show_call(monitor, (service, callee), arriving, (state, wire, one_end))
            monitor.show_call((service, callee), "calls", arriving)
            failed = monitor.flow.errors[callee] * noticed
            _show_failed(monitor, (service, callee), arriving, failed)


def _show_requests(monitor: Monitor, service: int, count: Floats, noticed: bool) -> None:
    flow = monitor.flow
    for percentile, scatter in PERCENTILES.items():
        noise = monitor.noise(monitor.system.noise + scatter * rarity(count))
        served = of_percentile(flow.latency[service], flow.tail[service], percentile) * noise
        monitor.show(service, "served", only_seen(served, count), percentile)
    monitor.show(service, "arrived", count)
    failed = monitor.rng.binomial(count.astype(np.int64), np.clip(flow.errors[service] * noticed, 0, 1))
    monitor.show(service, "failed", failed.astype(np.float64))


def _show_waits(monitor: Monitor, service: int, count: Floats, state: State) -> None:
    """The time without calls, and that of calls, of a service that makes some."""
    if not monitor.system.calls[service]:
        return
    noise = monitor.noise(monitor.system.noise + PERCENTILES[95] * rarity(count))
    alone = of_percentile(state.own[service], state.tail[service], 95) * noise
    monitor.show(service, "alone", only_seen(alone, count), 95)
    client = monitor.flow.client[service] * monitor.noise(monitor.system.noise + 0.15)
    monitor.show(service, "called", only_seen(client, count), 95)


def _show_call(
    monitor: Monitor, ends: tuple[int, int], count: Floats, told: tuple[State, float, bool]
) -> None:
    """Both ends saw the same calls: the caller saw what the callee did, and the way there and back."""
    caller, callee = ends
    state, wire, one_end = told
    flow, between = monitor.flow, state.delay[callee] + state.out[caller]
    for percentile, scatter in PERCENTILES.items():
        noise = monitor.noise(monitor.system.noise + scatter * rarity(count))
        served = of_percentile(flow.latency[callee], flow.tail[callee], percentile) * noise
        way = wire * monitor.noise(0.2 + 0.5 * rarity(count)) + between * monitor.noise(0.1)
        monitor.show_call(ends, "waited", only_seen(served + way, count), percentile)
        if not one_end:
            monitor.show_call(ends, "answered", only_seen(served, count), percentile)


def _show_failed(monitor: Monitor, ends: tuple[int, int], count: Floats, share: Floats) -> None:
    failed = monitor.rng.binomial(count.astype(np.int64), np.clip(share, 0, 1))
    monitor.show_call(ends, "failed_calls", failed.astype(np.float64))
