"""Incidents of simulated systems, drawn without end: their metrics, their graph, and the service at fault."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series, SeriesSet, split_name
from octad.signals.change_point import Window, deviations
from octad.signals.levels import Floats, levels
from octad.signals.quantity import place
from octad_train.data.operations.incident import Incident
from octad_train.simulate.fault import (
    KINDS,
    NO_FAULT,
    Course,
    Fault,
    apply,
    draw_course,
    earlier_fault,
    usual_state,
)
from octad_train.simulate.flow import draw_demand, flow
from octad_train.simulate.machines import show_machines
from octad_train.simulate.metrics import Monitor, show_service
from octad_train.simulate.names import draw_services, draw_spellings
from octad_train.simulate.said import simulated_logs
from octad_train.simulate.system import SimulatedSystem, draw_system
from octad_train.simulate.traced import show_traces
from octad_train.simulate.views import add_views

STEPS = (1, 5, 10, 15, 30, 60, 300)
OFTEN = (*KINDS, "delay", "delay")
"""Kinds of faults as often as they are drawn: where a delay lies shows in few of its examples."""
FAULTY, AS_FAILURES = 0.75, 0.15
"""How often a service is at fault, and how often a system shows failures instead of successes."""


class Simulations:
    """Incidents by number: the same seed, epoch and index give the same incident."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def example(self, epoch: int, index: int) -> Incident:
        """One incident; `service` and `metric` are None when nothing was at fault."""
        rng = np.random.default_rng((self.seed, epoch, index))
        kind = str(rng.choice(OFTEN)) if rng.random() < FAULTY else str(rng.choice(NO_FAULT))
        return simulate(draw_system(rng), kind, rng)


def simulate(system: SimulatedSystem, kind: str, rng: Generator) -> Incident:
    """Let something of that kind happen to a system, and watch it."""
    course = draw_course(rng)
    root = _root(system, kind, rng)
    faults = earlier_fault(system, course, rng)
    if root is not None:
        faults = [Fault(root, kind, course.strength, rng.uniform(0.3, 1)), *faults]
    state = usual_state(system, course.length, rng)
    for fault in faults:
        apply(state, fault, rng)
    demand = draw_demand(system, kind, course, rng)
    monitor = Monitor(system, flow(system, state, demand, rng), course, rng)
    for service in range(system.size):
        show_service(monitor, service, state)
    show_machines(monitor, state)
    show_traces(monitor, state)
    add_views(monitor, state)
    services = _named(monitor)
    times = _times(course, rng)
    said, templates = simulated_logs(monitor, state, faults, (services, times))
    found = _incident(monitor, services, times, None if root is None else services[root])
    return replace(found, kind=kind, logs=said, templates=templates if said else None)


def _root(system: SimulatedSystem, kind: str, rng: Generator) -> int | None:
    """Who is at fault; traffic that is lost before the entrance is nobody's fault."""
    if kind not in KINDS:
        return None
    reached = system.reached()
    return int(rng.choice(reached[1:] if kind == "lost" and len(reached) > 1 else reached))


def _named(monitor: Monitor) -> list[str]:
    """Names of the services, then of other nodes, which are called after one of them."""
    services = draw_services(monitor.rng, monitor.system.size)
    others = range(monitor.system.size, monitor.nodes)
    return services + [f"{monitor.rng.choice(services)}_{at}" for at in others]


def _times(course: Course, rng: Generator) -> Floats:
    step = float(rng.choice(STEPS))
    return np.asarray(1.6e9 + float(rng.integers(0, 10**8)) + step * np.arange(course.length))


def _incident(monitor: Monitor, services: list[str], times: Floats, root: str | None) -> Incident:
    series = _series(monitor, services, tuple(times.tolist()))
    return Incident(
        system="simulated",
        origin="simulated",
        series=SeriesSet(series=tuple(series)),
        graph=Graph(
            nodes=tuple(Node(id=name) for name in services),
            edges=tuple(
                Edge(source=services[caller], target=services[callee]) for caller, callee in monitor.edges
            ),
        ),
        time=float(times[monitor.course.first]),
        service=root,
        metric=None if root is None else _most(series, services, root, monitor.course),
    )


def _series(monitor: Monitor, services: list[str], times: tuple[float, ...]) -> list[Series]:
    spelling, failures = draw_spellings(monitor.rng), monitor.rng.random() < AS_FAILURES
    table = str(monitor.rng.choice([5, 50, 95]))
    found: dict[str, Series] = {}
    for at, (node, meaning, percentile, values) in enumerate(monitor.shown):
        if meaning == "success" and failures:
            meaning, values = "failure", 1 - values / 100
        if spelling[meaning].endswith("(ms)"):
            values = 1e3 * values
        measured = spelling[meaning].format(percentile or table)
        name = f"{services[node]}.{measured}" if node >= 0 else f"machine-{-node}.{measured}"
        if at in monitor.callers:
            name = f"{measured}.{services[monitor.callers[at]]}_{services[node]}"
        seen = tuple(None if value != value else value for value in values.tolist())
        found.setdefault(name, Series(name=name, times=times, values=seen))
    return list(found.values())


def _most(series: list[Series], services: list[str], root: str, course: Course) -> str | None:
    """The series of the root with the largest evidence of a change when the event was."""
    known = set(services)
    places = [place(*split_name(one.name, [root]), known) for one in series]
    own = [at for at, where in enumerate(places) if where.service == root]
    if not own:
        return None
    values: Floats = np.array([series[at].values for at in own], dtype=np.float64)
    level = levels(values, [places[at].quantity for at in own])
    strength = np.abs(deviations(level, [Window(1.0, course.first, course.stop)])[:, 2])
    return series[own[int(np.argmax(strength))]].name
