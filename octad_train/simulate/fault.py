"""Faults and other events of a simulated system: their kinds, course and effects on a service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from octad.signals.levels import Floats
from octad_train.simulate.system import SimulatedSystem

NO_FAULT = ("quiet", "load", "dip")
"""Nothing at all, more traffic, less traffic: no service is at fault."""
EARLIER, OTHER_PERIOD = 0.3, 0.15
"""How often another incident came before, and how often another period stands for the usual."""


class Fault(NamedTuple):
    """What happens at a service: its strength at each step `[T]` is `severity` times `course`."""

    service: int
    kind: str
    course: Floats
    severity: float

    @property
    def strength(self) -> Floats:
        """Course times severity."""
        return self.course * self.severity


class Course(NamedTuple):
    """How long is looked at, and the steps `first` to `stop` - 1 of the event with their strength `[T]`.

    `apart`: how far levels differ, as a share, between what is before the event and what is since, because
    another period stands for the usual.
    """

    length: int
    first: int
    stop: int
    strength: Floats
    apart: float = 0.0


@dataclass(slots=True)
class State:
    """What each service does at each step, all `[n, T]`; `cpu` and `extra` are relative to the usual.

    `tail` is the 99th percentile over the median, `delay` is added before the service is reached, `out` to
    each call that it makes, `cut` is the share of requests that return before calling anybody, `dead` the
    share that is never served, `lost` the share that never arrives, which nobody notices as a failure.
    `machine` `[n]` is where each runs.
    """

    usual: Floats
    own: Floats
    errors: Floats
    memory: Floats
    tail: Floats
    cpu: Floats
    delay: Floats
    cut: Floats
    extra: Floats
    dead: Floats
    out: Floats
    lost: Floats
    machine: NDArray[np.int64]

    def fail(self, service: int, share: Floats) -> None:
        """Let a share of the requests fail that did not fail before."""
        self.errors[service] = 1 - (1 - self.errors[service]) * (1 - share)


def usual_state(system: SimulatedSystem, length: int, rng: Generator) -> State:
    """The services as they are without any fault; memory drifts a little."""
    n = system.size
    drift = np.exp(np.cumsum(rng.normal(0, 0.004, (n, length)), axis=1))
    zeros = [np.zeros((n, length)) for _ in range(6)]
    return State(
        usual=system.own,
        own=np.repeat(system.own[:, None], length, axis=1),
        errors=np.repeat(system.errors[:, None], length, axis=1),
        memory=system.memory[:, None] * drift,
        tail=np.full((n, length), 2.5),
        cpu=np.ones((n, length)),
        delay=zeros[0],
        cut=zeros[1],
        extra=zeros[2],
        dead=zeros[3],
        out=zeros[4],
        lost=zeros[5],
        machine=system.machine,
    )


def draw_course(rng: Generator) -> Course:
    """An event that begins after the first third and often lasts to the end; some rise slowly."""
    length = int(rng.choice([5, 5, 5, 6, 8, 8, 10, 12, 15, 15, 20, 30, 60]))
    first = max(round(length * rng.uniform(0.35, 0.8)), 1 if length < 6 else 2)
    lasting = max(1, int(length * rng.uniform(0.15, 0.4)))
    stop = length if rng.random() < 0.6 else min(length, first + lasting)
    if length == 5:
        first, stop = 2, int(rng.choice([3, 4, 4, 4, 5]))
    strength = np.zeros(length)
    strength[first:stop] = 1
    if stop - first > 1 and rng.random() < 0.3:
        strength[first:stop] = np.linspace(0.3, 1, stop - first)
    if rng.random() < 0.5:
        strength[first] *= rng.uniform(0.3, 1)
    return Course(length, first, stop, strength, rng.uniform(0, 0.25) if rng.random() < OTHER_PERIOD else 0.0)


def earlier_fault(system: SimulatedSystem, course: Course, rng: Generator) -> list[Fault]:
    """In three of ten, another incident that is over before this one begins, be it just before."""
    if course.first < 3 or rng.random() >= EARLIER:
        return []
    first = int(rng.integers(0, course.first - 2))
    stop = min(first + int(rng.integers(1, 5)), course.first - 1)
    strength = np.zeros(course.length)
    strength[first:stop] = 1
    return [Fault(int(rng.choice(system.reached())), str(rng.choice(KINDS)), strength, rng.uniform(0.3, 1))]


def apply(state: State, fault: Fault, rng: Generator) -> None:
    """Change the state as the fault does."""
    _EFFECTS[fault.kind](state, fault, rng)


def _cpu(state: State, fault: Fault, rng: Generator) -> None:
    state.cpu[fault.service] *= 1 + fault.strength * rng.uniform(0.5, 8)
    state.own[fault.service] *= 1 + fault.strength * (rng.uniform(0, 6) if rng.random() < 0.75 else 0)
    if rng.random() < 0.5:
        factor = rng.choice([-0.6, -0.3, 0.5, 1.5, 3]) * rng.uniform(0.3, 1)
        state.memory[fault.service] *= 1 + fault.course * factor
    if rng.random() < 0.3:
        beside = np.flatnonzero(state.machine == state.machine[fault.service])
        for other in beside[beside != fault.service].tolist():
            state.own[other] *= 1 + fault.strength * rng.uniform(0, 0.5)


def _delay(state: State, fault: Fault, rng: Generator) -> None:
    usual = max(state.usual[fault.service], 0.004)
    added = fault.strength * rng.choice([1, 3, 10, 30, 100]) * usual
    state.delay[fault.service] += added
    if rng.random() < 0.6:
        state.out[fault.service] += added * rng.uniform(0.5, 1)
    if rng.random() < 0.3:
        state.fail(fault.service, fault.course * rng.choice([0.02, 0.1, 0.3]))


def _slow(state: State, fault: Fault, rng: Generator) -> None:
    usual = state.usual[fault.service]
    state.own[fault.service] += fault.strength * rng.choice([0.5, 1, 3, 10, 30]) * usual
    state.tail[fault.service] *= 1 + fault.course * rng.uniform(0, 2)


def _tail(state: State, fault: Fault, rng: Generator) -> None:
    state.tail[fault.service] *= 1 + fault.strength * rng.choice([3, 10, 40])
    state.own[fault.service] *= 1 + fault.course * rng.choice([0.05, 0.5, 2])


def _errors(state: State, fault: Fault, rng: Generator) -> None:
    share = fault.strength * rng.choice([0.02, 0.05, 0.1, 0.3, 0.7, 1.0])
    state.fail(fault.service, share)
    if rng.random() < 0.5:
        state.cut[fault.service] = np.maximum(state.cut[fault.service], share * rng.random())
    if rng.random() < 0.3:
        state.own[fault.service] *= 1 + fault.course * rng.uniform(-0.6, 1.5)


def _return(state: State, fault: Fault, rng: Generator) -> None:
    cut = fault.course * rng.uniform(0.5, 1)
    state.cut[fault.service] = np.maximum(state.cut[fault.service], cut)
    state.own[fault.service] *= 1 - fault.course * rng.uniform(0.1, 0.8)
    state.fail(fault.service, fault.course * (rng.uniform(0, 0.3) if rng.random() < 0.6 else 0))


def _leak(state: State, fault: Fault, rng: Generator) -> None:
    filled = np.cumsum(fault.course) / max(fault.course.sum(), 1)
    state.memory[fault.service] *= 1 + filled * fault.severity * rng.uniform(0.5, 4)
    state.own[fault.service] *= 1 + filled * rng.uniform(0, 4)


def _crash(state: State, fault: Fault, rng: Generator) -> None:
    dead = fault.course * rng.uniform(0.5, 1)
    state.dead[fault.service] = np.maximum(state.dead[fault.service], dead)
    state.fail(fault.service, fault.course * rng.uniform(0.3, 1))
    if rng.random() < 0.5:
        state.memory[fault.service] *= 1 - fault.course * rng.uniform(0, 0.9)


def _overload(state: State, fault: Fault, rng: Generator) -> None:
    state.extra[fault.service] += fault.strength * rng.uniform(1, 8)
    state.own[fault.service] *= 1 + fault.strength * rng.uniform(0, 4)


def _lost(state: State, fault: Fault, rng: Generator) -> None:
    lost = fault.course * rng.uniform(0.4, 1)
    state.lost[fault.service] = np.maximum(state.lost[fault.service], lost)


def _exception(state: State, fault: Fault, rng: Generator) -> None:
    """Some requests end early with an error, which callers may not see."""
    share = fault.course * rng.uniform(0.3, 1)
    state.cut[fault.service] = np.maximum(state.cut[fault.service], share)
    state.own[fault.service] *= 1 - share * rng.uniform(0, 0.6)
    state.fail(fault.service, share * rng.choice([0, 0.3, 1]))


_EFFECTS: dict[str, Callable[[State, Fault, Generator], None]] = {
    "cpu": _cpu, "delay": _delay, "slow": _slow, "tail": _tail, "errors": _errors,
    "return": _return, "leak": _leak, "crash": _crash, "overload": _overload, "lost": _lost,
    "exception": _exception,
}  # fmt: skip
KINDS = tuple(_EFFECTS)
"""The kinds of faults: each is of one service."""
