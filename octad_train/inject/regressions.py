"""Injects regressions of known size, course and onset after a deployment, beside their clean repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from octad.records.graph import Graph
from octad.records.logs import Logs, until
from octad.records.series import SeriesSet
from octad.signals.metric_polarity import family
from octad_train.data.operations.deployment_windows import Deployment, draw
from octad_train.data.operations.normal_windows import NormalWindow
from octad_train.inject.benign_shifts import KINDS, BenignShift, benign_shift
from octad_train.inject.courses import USUAL, Shape, can_worsen, course
from octad_train.inject.regression import Injection
from octad_train.simulate.log_messages import Said, logs, sentence, usual

Floats = NDArray[np.float64]

RATIOS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0)
OUTAGE = 0.06
"""Share of the regressions that are an outage: the service is no longer observed, its callers fail."""
LATEST_ONSET = 10
_TWO_SERVICES, _MORE_FAMILIES, _SOME_ONLY, _BESIDE = 0.15, 0.35, 0.3, 0.25
_RELEASE = 0.5
# Beside a fault stands no change that itself looks like one.
_BESIDE_KINDS = ("load", "drift", "restart", "demand", "release")


@dataclass(frozen=True, slots=True)
class Fault:
    """What was injected: where it began, which series it reached, its size, its course, when.

    `ratio` is to the normal level (see `shapes.worse`), at the worst point, in the service where it began;
    0 for an outage. `templates` are the new messages of the fault, none where it is not logged.
    """

    services: tuple[str, ...]
    touched: tuple[str, ...]
    shape: Shape
    ratio: float
    onset: float
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Injected:
    """Metrics and logs around a deployment, and what is wrong with it: None where nothing is.

    `benign` names a benign shift that happened too, "" without one.
    """

    deployment: Deployment
    logs: Logs
    fault: Fault | None
    benign: str = ""

    @property
    def before(self) -> SeriesSet:
        """The metrics up to the deployment."""
        return self.deployment.window.cut(0, self.deployment.at).records()

    @property
    def after(self) -> SeriesSet:
        """The metrics since."""
        return self.deployment.window.cut(self.deployment.at, len(self.deployment.window)).records()

    @property
    def graph(self) -> Graph | None:
        """Who depends on whom, where that is known."""
        return self.deployment.window.graph

    def until(self, points: int) -> Injected:
        """The same as it was known so many points after the deployment; what had not begun is no fault."""
        deployment = self.deployment
        end = min(deployment.at + points, len(deployment.window))
        window = deployment.window.cut(0, end)
        begun = self.fault is not None and self.fault.onset <= window.times[-1]
        return Injected(
            replace(deployment, window=window),
            until(self.logs, float(self.logs.start or 0.0) + end * self.logs.interval),
            self.fault if begun else None,
            self.benign,
        )

    @property
    def deployed(self) -> float:
        """When it was deployed, in Unix seconds."""
        return float(self.deployment.window.times[self.deployment.at])


class Regressions:
    """Examples by (epoch, index), endless and the same in every process: half of them faulty.

    Three in ten have a benign change, the rest are clean. `stretches` are of the systems to train on.
    """

    def __init__(self, stretches: Sequence[NormalWindow], seed: int = 0) -> None:
        self.stretches = stretches
        self.seed = seed

    def example(self, epoch: int, index: int) -> Injected:
        """The example number `index` of an epoch."""
        faulty, benign, clean = self.triple(epoch, index)
        kind = np.random.default_rng((self.seed, epoch, index, 1)).random()
        return faulty if kind < 0.5 else benign if kind < 0.8 else clean

    def triple(self, epoch: int, index: int) -> tuple[Injected, Injected, Injected]:
        """One window three times: with a regression, with a benign change, and as it was."""
        rng = np.random.default_rng((self.seed, epoch, index))
        while True:
            deployment = draw(self.stretches, rng)
            injected = inject(deployment, rng)
            if injected is not None:
                return injected, benign(deployment, rng), untouched(deployment)


def untouched(deployment: Deployment) -> Injected:
    """The same window and logs, nothing injected."""
    return Injected(deployment, _logs(deployment, np.ones(len(deployment.window)), []), None)


def benign(deployment: Deployment, rng: np.random.Generator, kind: str | None = None) -> Injected:
    """The window with a change that nobody is to be ranked for, of a kind drawn unless given."""
    kind = kind or KINDS[int(rng.integers(len(KINDS)))]
    change = benign_shift(deployment, kind, rng)
    new = _released(deployment, rng) if kind == "release" or rng.random() < _RELEASE else []
    return Injected(_with(deployment, change.values), _logs(deployment, change.load, new), None, kind)


def inject(deployment: Deployment, rng: np.random.Generator, ratio: float | None = None) -> Injected | None:
    """Plant a regression of a ratio drawn unless given; None where no metric of the window would show it."""
    ratio = ratio or RATIOS[int(rng.integers(len(RATIOS)))]
    roots = _roots(deployment, ratio, rng)
    if not roots:
        return None
    beside = _beside(deployment, rng)
    shape = _shape(deployment.window, roots[0][0], rng)
    rest = len(deployment.window) - deployment.at
    onset = deployment.at + int(rng.integers(min(LATEST_ONSET, rest // 2)))
    share = course(shape, len(deployment.window) - onset, rng)
    injecting = Injection(deployment, beside.values.copy(), share, rng)
    for columns in roots:
        injecting.inject(columns, shape, ratio)
    new = injecting.messages(ratio)
    fault = Fault(
        services=injecting.services,
        touched=injecting.touched(beside.values),
        shape=shape,
        ratio=0.0 if shape == "outage" else ratio,
        onset=float(deployment.window.times[onset]),
        templates=tuple(one.template for one in new),
    )
    if rng.random() < _RELEASE:
        new += _released(deployment, rng)
    return Injected(
        _with(deployment, injecting.values), _logs(deployment, beside.load, new), fault, beside.kind
    )


def _roots(deployment: Deployment, ratio: float, rng: np.random.Generator) -> list[list[int]]:
    """The columns to worsen of one service, sometimes of two; the first of each gets the whole ratio."""
    window = deployment.window
    able: dict[str, list[int]] = {}
    for column, (service, metric) in enumerate(window.names):
        if can_worsen(window.values[:, column], metric, ratio):
            able.setdefault(service, []).append(column)
    count = 2 if rng.random() < _TWO_SERVICES else 1
    services = [sorted(able)[at] for at in rng.permutation(len(able))[:count].tolist()]
    return [_columns(window, able[service], rng) for service in services]


def _shape(window: NormalWindow, column: int, rng: np.random.Generator) -> Shape:
    """A course that the metric usually takes, or an outage."""
    shapes = USUAL[family(window.names[column][1])]
    return "outage" if rng.random() < OUTAGE else shapes[int(rng.integers(len(shapes)))]


def _columns(window: NormalWindow, able: list[int], rng: np.random.Generator) -> list[int]:
    """All metrics of a family or some of them, and now and then those of others."""
    kinds = sorted({family(window.names[column][1]) for column in able})
    first = kinds.pop(int(rng.integers(len(kinds))))
    more = [kind for kind in kinds if rng.random() < _MORE_FAMILIES]
    own = [column for column in able if family(window.names[column][1]) == first]
    if rng.random() < _SOME_ONLY:
        own = own[-int(rng.integers(1, len(own) + 1)) :]
    return own + [column for column in able if family(window.names[column][1]) in more]


def _beside(deployment: Deployment, rng: np.random.Generator) -> BenignShift:
    """A benign change that happens with the fault, or none."""
    if rng.random() < _BESIDE:
        return benign_shift(deployment, _BESIDE_KINDS[int(rng.integers(len(_BESIDE_KINDS)))], rng)
    return BenignShift("", deployment.window.values, np.ones(len(deployment.window)))


def _released(deployment: Deployment, rng: np.random.Generator) -> list[Said]:
    """One to three messages that are new since the deployment and mean no harm."""
    services = deployment.window.services
    new = []
    for _ in range(int(rng.integers(1, 4))):
        rate = np.zeros(len(deployment.window))
        rate[deployment.at :] = rng.lognormal(-0.5, 1.0)
        rate[deployment.at] += 1.0
        new.append(sentence("release", services[int(rng.integers(len(services)))], rate, rng))
    return new


def _logs(deployment: Deployment, load: Floats, new: list[Said]) -> Logs:
    """What the services say in this window, in every version of it the same, and what is new."""
    rng = np.random.default_rng(deployment.seed)
    times = deployment.window.times
    said = [one for name in deployment.window.services for one in usual(name, len(times), rng)]
    said = [replace(one, rate=one.rate * load) for one in said]
    return logs(said + new, float(times[0]), float(np.median(np.diff(times))), rng)


def _with(deployment: Deployment, values: Floats) -> Deployment:
    return replace(deployment, window=replace(deployment.window, values=values))
