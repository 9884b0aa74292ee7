"""Incidents of simulated systems, drawn without end: their metrics, their graph, and the service at fault."""

from __future__ import annotations

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
from octad_train.simulate.metrics import Monitor, show_service
from octad_train.simulate.names import draw_services, draw_spellings
from octad_train.simulate.system import SimulatedSystem, draw_system
from octad_train.simulate.views import add_views

STEPS = (1, 5, 10, 15, 30, 60, 300)
FAULTY, AS_FAILURES = 0.75, 0.15
"""How often a service is at fault, and how often a system shows failures instead of successes."""


class Simulations:
    """Incidents by number: the same seed, epoch and index give the same incident."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def example(self, epoch: int, index: int) -> Incident:
        """One incident; `service` and `metric` are None when nothing was at fault."""
        rng = np.random.default_rng((self.seed, epoch, index))
        kind = str(rng.choice(KINDS)) if rng.random() < FAULTY else str(rng.choice(NO_FAULT))
        return simulate(draw_system(rng), kind, rng)


def simulate(system: SimulatedSystem, kind: str, rng: Generator) -> Incident:
    """Let something of that kind happen to a system, and watch it."""
    course = draw_course(rng)
    root = int(rng.choice(system.reached())) if kind in KINDS else None
    faults = earlier_fault(system, course, rng)
    if root is not None:
        faults = [Fault(root, kind, course.strength, rng.uniform(0.3, 1)), *faults]
    state = usual_state(system, course.length, rng)
    for fault in faults:
        apply(state, fault, rng)
    demand = draw_demand(system, kind, course, rng)
    monitor = Monitor(system, flow(system, state, demand, rng), rng)
    for service in range(system.size):
        show_service(monitor, service, state, course)
    add_views(monitor, state)
    return _incident(monitor, course, root, kind)


def _incident(monitor: Monitor, course: Course, root: int | None, kind: str) -> Incident:
    rng = monitor.rng
    services = draw_services(rng, monitor.system.size)
    services += [f"{rng.choice(services)}_{at}" for at in range(monitor.system.size, monitor.nodes)]
    step = float(rng.choice(STEPS))
    times = 1.6e9 + float(rng.integers(0, 10**8)) + step * np.arange(course.length)
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
        time=float(times[course.first]),
        service=None if root is None else services[root],
        metric=None if root is None else _most(series, services, services[root], course),
        kind=kind,
    )


def _series(monitor: Monitor, services: list[str], times: tuple[float, ...]) -> list[Series]:
    spelling, failures = draw_spellings(monitor.rng), monitor.rng.random() < AS_FAILURES
    table = str(monitor.rng.choice([5, 50, 95]))
    found = []
    for at, (node, meaning, percentile, values) in enumerate(monitor.shown):
        if meaning == "success" and failures:
            meaning, values = "failure", 1 - values / 100
        if spelling[meaning].endswith("(ms)"):
            values = 1e3 * values
        name = f"{services[node]}.{spelling[meaning].format(percentile)}"
        if at in monitor.callers:
            call = f"{services[monitor.callers[at]]}_{services[node]}"
            name = f"{spelling[meaning].format(table)}.{call}"
        seen = tuple(None if value != value else value for value in values.tolist())
        found.append(Series(name=name, times=times, values=seen))
    return found


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
