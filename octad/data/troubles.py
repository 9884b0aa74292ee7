"""Incidents to learn root causes from: planted in quiet windows, and those of real systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from octad.data.blame import Blame, blame
from octad.data.deliveries import stretches
from octad.data.incidents import Incident
from octad.data.kinds import RECORDED, kind_of_harmless, kind_of_planted
from octad.data.labelled import optional
from octad.data.made import made
from octad.data.mixture import Mixture, Part
from octad.data.nezha import nezha_incidents
from octad.data.petshop import petshop_incidents
from octad.data.quiet import Quiet
from octad.data.regressions import Planted, Regressions
from octad.data.simulations import Simulations
from octad.records.change import Changes
from octad.records.graph import Graph
from octad.records.logs import Logs
from octad.records.region import Regions
from octad.records.series import SeriesSet

T = TypeVar("T")
SEEDS = {"valid": 1, "test": 2}
"""Training has the systems of seed 0."""
RECORDED_IN = ("nezha",)
"""The sets with incidents to judge by, beside the one that no agent trains on."""
KNOWN_GRAPH, KNOWN_TIME = 0.9, 0.15
"""How often the graph, and the beginning, are known."""


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
    kind: str | None = None


def training(folder: Path) -> Mixture[Trouble]:
    """Incidents of simulated systems, and regressions planted in quiet windows of real ones, without end.

    No system whose incidents are known is among these, not even with its quiet hours.
    """
    planted = Regressions(unlabelled("train"))
    return Mixture(
        [
            _part(0.75, Simulations().example, of_simulated),
            _part(0.25, planted.triple, lambda triple, rng: of_planted(_one(triple, rng), rng)),
        ]
    )


def unlabelled(part: str) -> list[Quiet]:
    """Quiet stretches of the systems of a part, of those whose own incidents nobody recorded."""
    found = stretches(part)
    return [one for one in found if one.source not in RECORDED_IN] or found


def held_out(folder: Path, part: str, size: int) -> list[Trouble]:
    """As many simulated incidents as planted ones in systems that training never saw.

    The test part has the incidents of two real systems besides, of which training saw nothing at all.
    """
    simulated, planted = Simulations(seed=SEEDS[part]), Regressions(stretches(part), seed=1)
    found = []
    for i in range(size // 2):
        rng = np.random.default_rng((7, i))
        found.append(of_simulated(simulated.example(0, i), rng))
        found.append(of_planted(_one(planted.triple(0, i), rng), rng))
    return found + (real() if part == "test" else [])


def real() -> list[Trouble]:
    """The incidents of real systems; none where the labelled sets are not here."""
    held = [*optional(lambda: list(nezha_incidents())), *optional(lambda: list(petshop_incidents()))]
    return [trouble_of(one) for one in held]


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
    known = onset if rng.random() < KNOWN_TIME else None
    return Trouble(
        series=series, logs=around.logs, graph=planted.graph, changes=around.changes, regions=around.regions,
        at=known, services=roots, metrics=frozenset(touched),
        templates=frozenset(fault.templates if fault else ()), change=frozenset({around.change} - {""}),
        region=frozenset({around.region} - {""}), kind=kind_of(planted),
    )  # fmt: skip


def kind_of(planted: Planted) -> str | None:
    """What was done to a planted window."""
    if planted.fault is None:
        return kind_of_harmless(planted.harmless)
    worst = planted.fault.touched[0] if planted.fault.touched else ""
    return kind_of_planted(worst.rpartition(".")[2], planted.fault.shape)


def of_simulated(incident: Incident, rng: np.random.Generator) -> Trouble:
    """A simulated incident: half of the faults come from a change, and now and then somebody knows when."""
    services = [node.id for node in incident.graph.nodes] if incident.graph else []
    onset = incident.time or incident.series.series[0].times[-1]
    culprit = incident.service if incident.service and rng.random() < 0.5 else ""
    around = blame(services, culprit, onset, None, (), rng)
    told = trouble_of(incident)
    return replace(
        told,
        graph=told.graph if rng.random() < KNOWN_GRAPH else None,
        changes=around.changes if rng.random() < 0.5 else None,
        at=onset if rng.random() < KNOWN_TIME else None,
        change=frozenset({around.change} - {""}),
    )


def trouble_of(incident: Incident) -> Trouble:
    """A real incident as it was recorded, with nobody saying when it began."""
    return Trouble(
        series=incident.series,
        logs=incident.logs,
        graph=incident.graph,
        services=frozenset({incident.service} if incident.service else ()),
        metrics=frozenset({incident.metric}) if incident.metric else None,
        kind=RECORDED.get(incident.kind or ""),
    )


def _one(triple: tuple[Planted, Planted, Planted], rng: np.random.Generator) -> Planted:
    """The faulty one most of the time."""
    return triple[int(rng.choice(3, p=(0.6, 0.25, 0.15)))]


def _part(
    share: float, example: Callable[[int, int], T], make: Callable[[T, np.random.Generator], Trouble]
) -> Part[Trouble]:
    return Part(share, lambda epoch, i: make(example(epoch, i), np.random.default_rng((5, epoch, i))))
