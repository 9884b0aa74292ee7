"""What the monitoring of a simulated system shows: metrics of services, of calls, of other nodes."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from octad.signals.levels import Floats
from octad_train.simulate.fault import Course, State
from octad_train.simulate.flow import Flow
from octad_train.simulate.system import SimulatedSystem

_OF_TAIL = {50: 0.0, 90: 0.35, 95: 0.6, 99: 1.0}
_SCATTER = {50: 0.7, 90: 1.2, 95: 1.6, 99: 2.5}
"""How much of the tail a percentile shows, and how much few requests scatter it."""
MANY = 50
"""Where requests are not counted in small numbers, so many stand for one."""


class Monitor:
    """Metrics of one system as they are observed: noisy, with gaps, some of them missing.

    `shown` holds (node, meaning, percentile or 0, values `[T]`): a meaning is a key of the spellings.
    `callers` names who makes the call that a place of `shown` measures; nodes below 0 are machines.
    """

    def __init__(self, system: SimulatedSystem, flow: Flow, course: Course, rng: Generator) -> None:
        self.system, self.flow, self.course, self.rng = system, flow, course, rng
        self.length = flow.traffic.shape[1]
        self.shown: list[tuple[int, str, int, Floats]] = []
        self.callers: dict[int, int] = {}
        self.edges = system.edges
        self.nodes = system.size

    def show(self, node: int, meaning: str, values: Floats, percentile: int = 0) -> None:
        """Observe a series, if it is observed at all; three in a hundred have gaps."""
        if self.rng.random() > self.system.observed:
            return
        if self.rng.random() < 0.03:
            values = np.where(self.rng.random(self.length) < 0.3, np.nan, values)
        if self.course.apart and meaning not in ("success", "failed"):
            values = values.copy()
            values[self.course.first :] *= np.exp(self.course.apart * self.rng.normal())
        self.shown.append((node, meaning, percentile, values))

    def show_call(self, ends: tuple[int, int], meaning: str, values: Floats, percentile: int = 0) -> None:
        """Observe a series of the calls from one service to another."""
        before = len(self.shown)
        self.show(ends[1], meaning, values, percentile)
        if len(self.shown) > before:
            self.callers[before] = ends[0]

    def noise(self, scale: Floats | float) -> Floats:
        """Factors `[T]` around 1."""
        return np.asarray(np.exp(self.rng.normal(0, 1, self.length) * scale))

    def counted(self, traffic: Floats) -> Floats:
        """How many requests are behind the numbers of a step."""
        factor = 1 if self.system.counts else MANY
        return self.rng.poisson(np.maximum(traffic, 0) * factor).astype(np.float64)

    def requests(self, node: int, count: Floats, traffic: Floats) -> None:
        """Show the traffic, or the count where requests are counted."""
        if "requests" in self.system.shown:
            self.show(node, "requests", count if self.system.counts else traffic)

    def success(self, node: int, count: Floats, errors: Floats) -> None:
        """Show the percentage of requests that went well, of those that there were."""
        if "success" in self.system.shown:
            failed = self.rng.binomial(count.astype(np.int64), np.clip(errors, 0, 1))
            self.show(node, "success", only_seen(100 * (1 - failed / np.maximum(count, 1)), count))


def only_seen(values: Floats, count: Floats) -> Floats:
    """The values where there were requests."""
    return np.where(count > 0, values, np.nan)


def rarity(count: Floats) -> Floats:
    """How uncertain a number of so many requests is."""
    return np.asarray(1 / np.sqrt(np.maximum(count, 1)))


def of_percentile(latency: Floats, tail: Floats, percentile: int) -> Floats:
    """A percentile of latencies with that median and tail."""
    return latency * (1 + _OF_TAIL[percentile] * (tail - 1))


def mean_latency(latency: Floats, tail: Floats) -> Floats:
    """The mean of latencies with that median and tail."""
    return np.asarray(latency * (1 + 0.1 * np.clip(tail - 2.5, 0, None)))


def show_service(monitor: Monitor, service: int, state: State) -> None:
    """Show all metrics of a service that the system has."""
    flow, shown, traffic = monitor.flow, monitor.system.shown, monitor.flow.traffic[service]
    count = monitor.counted(traffic)
    if "mean" in shown:
        noise = monitor.noise(monitor.system.noise + 0.7 * rarity(count))
        mean = mean_latency(flow.latency[service], flow.tail[service])
        monitor.show(service, "mean", only_seen(mean * noise, count))
    for percentile in monitor.system.percentiles:
        _show_percentile(monitor, service, percentile, count)
    monitor.requests(service, count, traffic * monitor.noise(0.05))
    monitor.success(service, count, flow.errors[service])
    _show_resources(monitor, service, state)
    if "edge" in shown:
        _show_calls(monitor, service, state, rarity(count))


def _show_percentile(monitor: Monitor, service: int, percentile: int, count: Floats) -> None:
    rng, flow = monitor.rng, monitor.flow
    scale = monitor.system.noise + rarity(count) * _SCATTER[percentile]
    values = of_percentile(flow.latency[service], flow.tail[service], percentile) * monitor.noise(scale)
    if percentile >= 95 and rng.random() < 0.3:
        values = values * np.where(rng.random(monitor.length) < 0.12, rng.choice([5, 20, 40]), 1)
    monitor.show(service, "latency", only_seen(values, count), percentile)
    if "client" in monitor.system.shown and monitor.system.calls[service]:
        client = flow.client[service] * monitor.noise(scale + 0.15)
        if rng.random() < 0.5:
            client = client * np.where(rng.random(monitor.length) < 0.15, rng.choice([3, 20]), 1)
        monitor.show(service, "client", client, percentile)


def used_cpu(monitor: Monitor, service: int, state: State) -> Floats:
    """How busy a service keeps its processors `[T]`."""
    system, traffic = monitor.system, monitor.flow.traffic[service]
    usual = max(float(np.median(traffic[: monitor.course.first])), 1e-9)
    load = traffic / usual * (1 - 0.5 * state.cut[service])
    slope = system.cpu_slope[service]
    return np.asarray(system.cpu[service] * (1 - slope + slope * load) * state.cpu[service])


def _show_resources(monitor: Monitor, service: int, state: State) -> None:
    system, rng, traffic = monitor.system, monitor.rng, monitor.flow.traffic[service]
    noise, cut = system.noise, state.cut[service]
    if "cpu" in system.shown:
        used = used_cpu(monitor, service, state) * monitor.noise(noise * rng.choice([1, 2, 4]))
        monitor.show(service, "cpu", used)
        if rng.random() < 0.5:
            monitor.show(service, "cpu_rate", used * monitor.noise(0.02))
    if "memory" in system.shown:
        wander = np.exp(np.cumsum(rng.normal(0, 0.02, monitor.length)))
        steady = rng.random() < 0.6
        monitor.show(service, "memory", state.memory[service] * (monitor.noise(0.002) if steady else wander))
    if "network" in system.shown:
        monitor.show(service, "received", traffic * 1e3 * monitor.noise(noise * 2))
        monitor.show(service, "sent", traffic * 4e3 * (1 - 0.5 * cut) * monitor.noise(noise * 2))


def _show_calls(monitor: Monitor, caller: int, state: State, few: Floats) -> None:
    """Latency of each call as the caller sees it, and as the callee does; both are the callee's."""
    for callee in monitor.system.calls[caller]:
        served, scale = monitor.flow.latency[callee], monitor.system.noise + few
        seen = served + state.delay[callee] + state.out[caller]
        for meaning, latency in (("caller", seen), ("callee", served)):
            monitor.show_call((caller, callee), meaning, latency * monitor.noise(scale))
