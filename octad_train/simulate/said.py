"""What the services of a simulated system log while something happens to them, and what they no longer do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from octad.records.logs import Logs
from octad.signals.levels import Floats
from octad_train.simulate.fault import Fault, State
from octad_train.simulate.log_messages import Kind, Said, logs, sentence, usual
from octad_train.simulate.metrics import Monitor

_LOGGED = {
    "errors": 0.85, "exception": 0.85, "return": 0.3, "crash": 0.25, "leak": 0.4, "overload": 0.4, "cpu": 0.2,
    "delay": 0.1, "slow": 0.2, "tail": 0.1, "lost": 0.05,
}  # fmt: skip
"""How often a service says itself that something is wrong with it, by what is."""
_WAITED = ("delay", "slow", "tail", "cpu", "crash", "leak", "overload")
"""What callers notice by waiting."""
_BY_CALLERS, _PASSED_ON = 0.3, 0.5
_OTHER_NEWS, _BURST, _ENDED = 0.3, 0.3, 0.15
"""How often a service that is not at fault says something new, more of the same, or no longer something."""
_LEVELS = {"known": 0.6, "missing": 0.25, "info": 0.15}
_INTERVALS = (1, 1, 2, 4)
_ONLY_SINCE, _BURSTY = 0.07, 0.5


class Talk(NamedTuple):
    """A monitor, what its services do, their names, what befell them, and how many lines a request writes."""

    monitor: Monitor
    state: State
    names: Sequence[str]
    faults: Sequence[Fault]
    lines: float


def simulated_logs(
    monitor: Monitor, state: State, faults: Sequence[Fault], told: tuple[Sequence[str], Floats]
) -> tuple[Logs | None, frozenset[str]]:
    """Logs of all services, and the templates of the first fault; `told` are their names and the times `[T]`.

    None, and no template, where the system has no logs.
    """
    if "logs" not in monitor.system.shown:
        return None, frozenset()
    rng, (names, times) = monitor.rng, told
    talk = Talk(monitor, state, names, faults, float(np.exp(rng.normal(0, 1))))
    guilty = list(_of_first(talk))
    others = [one for s in range(monitor.system.size) for one in _of_service(talk, s)]
    others += [one for fault in faults for one in _of_callers(talk, fault)]
    others += [one for fault in faults[1 if guilty else 0 :] for one in _of_fault(talk, fault)]
    taken = {one.template for one in guilty}
    said = [_bursty(one, rng) for one in (*guilty, *_once(others, taken))]
    return _written(said, monitor, times), frozenset(taken)


def _written(said: list[Said], monitor: Monitor, times: Floats) -> Logs | None:
    """The lines as a reader counts them: levels known, missing or all alike, in buckets of a step or less."""
    rng, first = monitor.rng, monitor.course.first
    levels = str(rng.choice(list(_LEVELS), p=list(_LEVELS.values())))
    parts = int(rng.choice(_INTERVALS))
    step = float(times[1] - times[0])
    start = 0
    if rng.random() < _ONLY_SINCE:
        start = first
        said = [one for one in said if not one.rate[:first].any()]
    level = {"missing": "", "info": "info"}
    said = [
        replace(one, level=level.get(levels, one.level), rate=np.repeat(one.rate[start:] / parts, parts))
        for one in said
    ]
    found = logs(said, float(times[start]) - step / 2, step / parts, rng)
    return found if found.templates else None


def _once(said: Sequence[Said], taken: set[str]) -> list[Said]:
    """Each template of each service once, none that is taken."""
    return list({(one.service, one.template): one for one in said if one.template not in taken}.values())


def _load(talk: Talk, service: int) -> Floats:
    """Requests served against the usual `[T]`."""
    traffic = talk.monitor.flow.traffic[service] * (1 - talk.state.dead[service])
    return np.asarray(traffic / max(float(np.median(traffic[: talk.monitor.course.first])), 1e-9))


def _scale(talk: Talk, service: int) -> float:
    """Lines of a template at a usual step: few where few requests come."""
    return float(np.clip(talk.lines * np.median(talk.monitor.flow.traffic[service]) / 5, 0.2, 30))


def _of_service(talk: Talk, service: int) -> Iterator[Said]:
    """The usual lines: more with demand, and without those that requests no longer come to."""
    rng, state, length = talk.monitor.rng, talk.state, talk.monitor.length
    load, scale = _load(talk, service), _scale(talk, service)
    failing = np.clip(state.errors[service] - talk.monitor.system.errors[service], 0, 1)
    ended = np.maximum(state.cut[service], failing * (rng.random() < 0.5))
    for one in usual(talk.names[service], length, rng):
        rate = one.rate / 8 * scale
        if rng.random() < 0.8:
            rate = rate * load
        if rng.random() < 0.5:
            rate = rate * (1 - ended)
        yield replace(one, rate=rate)
    yield from _other_news(talk, service, scale)


def _other_news(talk: Talk, service: int, scale: float) -> Iterator[Said]:
    """What nobody is to blame for: a release, a burst of warnings, a job that ended."""
    rng, length, first = talk.monitor.rng, talk.monitor.length, talk.monitor.course.first
    few = 3 / talk.monitor.system.size
    kinds: tuple[tuple[Kind, float], ...] = (("release", _OTHER_NEWS), ("noise", _BURST), ("usual", _ENDED))
    for kind, chance in kinds:
        if rng.random() < chance * few:
            rate = np.zeros(length)
            at = first if rng.random() < 0.4 else int(rng.integers(0, length))
            span = slice(0, at) if kind == "usual" else slice(at, at + int(rng.integers(1, length)))
            rate[span] = scale * rng.lognormal(-1, 1)
            yield sentence(kind, talk.names[service], rate, rng)


def _of_first(talk: Talk) -> Iterator[Said]:
    """What the service that is first at fault says of it, where it is the incident itself."""
    if talk.faults and talk.faults[0].course[talk.monitor.course.first :].any():
        yield from _of_fault(talk, talk.faults[0])


def _of_fault(talk: Talk, fault: Fault) -> Iterator[Said]:
    rng, state = talk.monitor.rng, talk.state
    if rng.random() >= _LOGGED[fault.kind]:
        return
    failing = np.clip(state.errors[fault.service] - talk.monitor.system.errors[fault.service], 0, 1)
    # A failure writes more than one line: a stack trace, a retry, what gives up.
    share = np.sqrt(np.maximum(np.maximum(failing, state.cut[fault.service]), 0.1)) * (fault.course > 0)
    load = talk.monitor.flow.traffic[fault.service]
    load = load / max(float(np.median(load[: talk.monitor.course.first])), 1e-9)
    kinds: tuple[Kind, ...] = ("release", "noise") if fault.kind == "return" else ("fault", "fault", "noise")
    for _ in range(int(rng.integers(1, 4))):
        rate = _scale(talk, fault.service) * share * load * rng.lognormal(0, 0.7)
        kind = kinds[int(rng.integers(len(kinds)))]
        yield sentence(kind, talk.names[fault.service], np.maximum(rate, 0.2 * (share > 0)), rng)


def _of_callers(talk: Talk, fault: Fault) -> Iterator[Said]:
    """What those say who wait for a service at fault, or whom its failures reach."""
    rng, flow, system = talk.monitor.rng, talk.monitor.flow, talk.monitor.system
    for caller in range(system.size):
        calls = fault.service in system.calls[caller]
        failing = np.clip(flow.errors[caller] - talk.state.errors[caller], 0, 1) * (fault.course > 0)
        if calls and fault.kind in _WAITED and rng.random() < _BY_CALLERS:
            failing = np.maximum(failing, 0.2 * fault.course)
        elif failing.max() < 0.01 or rng.random() >= _PASSED_ON:
            continue
        kind: Kind = "fault" if rng.random() < 0.6 else "noise"
        yield sentence(kind, talk.names[caller], _scale(talk, caller) * failing * rng.lognormal(0, 0.7), rng)


def _bursty(said: Said, rng: Generator) -> Said:
    """Half of the templates come in bursts."""
    if rng.random() >= _BURSTY:
        return said
    shape = float(rng.uniform(0.5, 8))
    return replace(said, rate=said.rate * rng.gamma(shape, 1 / shape, len(said.rate)))
