"""Incidents to learn root causes from: planted in quiet windows, and those of real systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from octad.data.blame import Blame, blame
from octad.data.deliveries import stretches
from octad.data.incidents import Incident
from octad.data.labelled import optional
from octad.data.made import made
from octad.data.mixture import Mixture, Part
from octad.data.nezha import nezha_incidents
from octad.data.petshop import petshop_incidents
from octad.data.regressions import Planted, Regressions
from octad.records.change import Changes
from octad.records.graph import Graph
from octad.records.logs import Logs
from octad.records.region import Regions
from octad.records.series import Series, SeriesSet

T = TypeVar("T")
REAL = {"nezha": nezha_incidents, "petshop": petshop_incidents}
TEST_SYSTEM = "petshop"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was seen of an incident, and its truth: names, empty where none is right, None where unknown."""

    series: SeriesSet
    logs: Logs | None = None
    graph: Graph | None = None
    changes: Changes | None = None
    regions: Regions | None = None
    at: float | None = None
    services: frozenset[str] | None = None
    metrics: frozenset[str] | None = None
    templates: frozenset[str] | None = None
    change: frozenset[str] | None = None
    region: frozenset[str] | None = None


def training(folder: Path, systems: Sequence[str] = ("nezha",)) -> Mixture[Trouble]:
    """Planted incidents without end, and real ones of some systems, seen through windows drawn anew."""
    planted = Regressions(stretches("train"))
    parts = [_part(0.8, planted.triple, lambda triple, rng: of_planted(_one(triple, rng), rng))]
    held = [one for system in systems for one in optional(partial(_real, system))]
    if held:
        parts.append(_part(0.2, lambda epoch, i: held[(i + epoch) % len(held)], of_incident))
    return Mixture(parts)


def held_out(folder: Path, part: str, size: int) -> list[Trouble]:
    """Incidents of a system that training never saw, and planted ones in such systems."""
    planted = Regressions(stretches(part), seed=1)
    rngs = [np.random.default_rng((7, i)) for i in range(size)]
    found = [of_planted(_one(planted.triple(0, i), rngs[i]), rngs[i]) for i in range(size)]
    real = optional(partial(_real, TEST_SYSTEM)) if part == "test" else []
    return [*found, *(trouble_of(one) for one in real)]


def sample(size: int) -> list[Trouble]:
    """So many planted incidents that need no data."""
    planted = Regressions(made(2), seed=0)
    rngs = [np.random.default_rng((3, i)) for i in range(size)]
    return [of_planted(planted.triple(0, i)[i % 2], rngs[i]) for i in range(size)]


def of_planted(planted: Planted, rng: np.random.Generator) -> Trouble:
    """A planted window as an incident: nobody says when it began, half of the faults come from a change."""
    fault = planted.fault
    window = planted.deployment.window
    series = window.records()
    onset = fault.onset if fault else planted.deployed
    culprit = fault.services[0] if fault and rng.random() < 0.5 else ""
    around: Blame = blame(
        window.services, culprit, onset, planted.logs, fault.templates if fault else (), rng
    )
    roots = frozenset(fault.services) if fault else frozenset[str]()
    touched = [name for name in fault.touched if name.rpartition(".")[0] in roots] if fault else []
    known = onset if rng.random() < 0.25 else None
    return Trouble(
        series=series, logs=around.logs, graph=planted.graph, changes=around.changes, regions=around.regions,
        at=known, services=roots, metrics=frozenset(touched),
        templates=frozenset(fault.templates if fault else ()), change=frozenset({around.change} - {""}),
        region=frozenset({around.region} - {""}),
    )  # fmt: skip


def of_incident(incident: Incident, rng: np.random.Generator) -> Trouble:
    """A real incident seen through a window drawn around it, some of its metrics missing."""
    return seen(trouble_of(incident), incident.time, rng)


def trouble_of(incident: Incident) -> Trouble:
    """A real incident as it was recorded, with nobody saying when it began."""
    return Trouble(
        series=incident.series,
        logs=incident.logs,
        graph=incident.graph,
        services=frozenset({incident.service} if incident.service else ()),
        metrics=frozenset({incident.metric}) if incident.metric else None,
    )


def seen(trouble: Trouble, time: float | None, rng: np.random.Generator) -> Trouble:
    """The trouble with fewer points before and after, and without some of the metrics."""
    kept = [one for one in trouble.series.series if rng.random() < 0.9]
    if time is not None:
        ends = np.array([(one.times[0], one.times[-1]) for one in kept if one.times])
        first = time - (time - ends[:, 0].min()) * rng.uniform(0.4, 1.0)
        last = time + (ends[:, 1].max() - time) * rng.uniform(0.5, 1.0)
        kept = [cut(one, first, last) for one in kept]
    graph = trouble.graph if rng.random() < 0.85 else None
    return replace(trouble, series=SeriesSet(series=tuple(kept)), graph=graph)


def cut(series: Series, first: float, last: float) -> Series:
    """The points of a series between two times, both included."""
    held = [i for i, time in enumerate(series.times) if first <= time <= last]
    return series.model_copy(
        update={
            "times": tuple(series.times[i] for i in held),
            "values": tuple(series.values[i] for i in held),
            "lines": tuple(series.lines[i] for i in held) if series.lines else (),
        }
    )


def _real(system: str) -> list[Incident]:
    return list(REAL[system]())


def _one(triple: tuple[Planted, Planted, Planted], rng: np.random.Generator) -> Planted:
    """The faulty one most of the time."""
    return triple[int(rng.choice(3, p=(0.7, 0.2, 0.1)))]


def _part(
    share: float, example: Callable[[int, int], T], make: Callable[[T, np.random.Generator], Trouble]
) -> Part[Trouble]:
    return Part(share, lambda epoch, i: make(example(epoch, i), np.random.default_rng((5, epoch, i))))
