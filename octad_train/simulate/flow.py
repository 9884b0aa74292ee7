"""What requests do to a simulated system: traffic goes forward, latency and errors come back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from octad.signals.levels import Floats
from octad_train.simulate.fault import Course, State
from octad_train.simulate.system import SimulatedSystem


class Flow(NamedTuple):
    """What each service serves at each step, all `[n, T]`; `client` is the slowest call it makes."""

    traffic: Floats
    latency: Floats
    client: Floats
    errors: Floats
    tail: Floats


def flow(system: SimulatedSystem, state: State, demand: Floats, rng: Generator) -> Flow:
    """Traffic, latency and errors of all services under the demand `[T]` at the entrance."""
    return Flow(_forward(system, state, demand, rng), *_backward(system, state, rng))


def draw_demand(system: SimulatedSystem, kind: str, course: Course, rng: Generator) -> Floats:
    """Requests at the entrance `[T]`: they wander, may have a trend, and surge or dip when `kind` says so."""
    length = course.length
    wander = np.cumsum(rng.normal(0, 0.03, length)) + rng.normal(0, 0.05, length)
    if rng.random() < 0.2:
        wander = wander + np.linspace(0, rng.normal(0, 0.3), length)
    change = {"load": rng.uniform(0.5, 4), "dip": -rng.uniform(0.3, 0.9)}.get(kind, 0.0)
    demand: Floats = system.rate * np.exp(wander) * (1 + course.strength * change)
    demand[course.first :] *= np.exp(2 * course.apart * rng.normal())
    return demand


def _forward(system: SimulatedSystem, state: State, demand: Floats, rng: Generator) -> Floats:
    traffic = np.zeros_like(state.own)
    for lone in set(range(system.size)) - set(system.reached()):
        noise = np.exp(rng.normal(0, 0.1, len(demand)))
        traffic[lone] = system.rate * rng.choice([0.02, 0.1, 0.5]) * noise
    traffic[0] = demand
    for caller, callees in enumerate(system.calls):
        traffic[caller] *= (1 + state.extra[caller]) * (1 - state.lost[caller])
        for callee, times in callees.items():
            passed = (1 - state.cut[caller] * rng.uniform(0.7, 1)) * (1 - state.dead[caller])
            traffic[callee] += traffic[caller] * times * passed
    return traffic


def _backward(system: SimulatedSystem, state: State, rng: Generator) -> tuple[Floats, Floats, Floats, Floats]:
    latency, errors, tail = state.own.copy(), state.errors.copy(), state.tail.copy()
    client = np.zeros_like(latency)
    for caller in range(system.size - 1, -1, -1):
        called = 1 - state.cut[caller]
        for callee, times in system.calls[caller].items():
            awaited = 0.0 if system.unawaited and rng.random() < 0.3 else min(times, 2)
            seen = latency[callee] + state.delay[callee] + state.out[caller]
            latency[caller] += awaited * called * seen
            client[caller] = np.maximum(client[caller], seen)
            failed = errors[callee] * min(times, 1) * (1 - system.swallow[caller]) * called
            errors[caller] = 1 - (1 - errors[caller]) * (1 - np.clip(failed, 0, 1))
            share = awaited * latency[callee] / np.maximum(latency[caller], 1e-9)
            tail[caller] = np.maximum(tail[caller], 1 + (tail[callee] - 1) * share)
    return latency, client, errors, tail
