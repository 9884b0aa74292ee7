"""Incidents to learn root causes from: injected in normal windows, and those of real systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from octad.records.change import Changes
from octad.records.graph import Graph
from octad.records.logs import Logs
from octad.records.region import Regions
from octad.records.series import SeriesSet
from octad_train.data.mixture import Mixture, Part
from octad_train.data.operations.deployments import stretches
from octad_train.data.operations.fault_kinds import RECORDED, kind_of_benign, kind_of_injected
from octad_train.data.operations.incident import Incident
from octad_train.data.operations.nezha import nezha_incidents
from octad_train.data.operations.normal_windows import NormalWindow
from octad_train.data.operations.petshop import petshop_incidents
from octad_train.data.public_sets import optional
from octad_train.inject.incident_causes import Causes, draw_causes
from octad_train.inject.regressions import Injected, Regressions
from octad_train.simulate.simulations import Simulations
from octad_train.simulate.synthetic_windows import synthetic_windows

T = TypeVar("T")
SEEDS = {"valid": 1, "test": 2}
"""Training has the systems of seed 0."""
RECORDED_IN = ("nezha",)
"""The sets with incidents to judge by, beside the one that no agent trains on."""
KNOWN_GRAPH, KNOWN_TIME = 0.9, 0.2
"""How often the graph, and the beginning, are known."""


@dataclass(frozen=True, slots=True)
class IncidentExample:
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


def training(folder: Path) -> Mixture[IncidentExample]:
    """Incidents of simulated systems, and regressions injected in normal windows of real ones, without end.

    No system whose incidents are known is among these, not even with its normal hours.
    """
    injected = Regressions(unlabelled("train"))
    return Mixture(
        [
            _part(0.75, Simulations().example, of_simulated),
            _part(0.25, injected.triple, lambda triple, rng: of_injected(_one(triple, rng), rng)),
        ]
    )


def unlabelled(part: str) -> list[NormalWindow]:
    """Normal stretches of the systems of a part, of those whose own incidents nobody recorded."""
    found = stretches(part)
    return [one for one in found if one.source not in RECORDED_IN] or found


def held_out(folder: Path, part: str, size: int) -> list[IncidentExample]:
    """As many simulated incidents as injected ones in systems that training never saw.

    The test part has the incidents of two real systems besides, of which training saw nothing at all.
    """
    simulated, injected = Simulations(seed=SEEDS[part]), Regressions(stretches(part), seed=1)
    found = []
    for i in range(size // 2):
        rng = np.random.default_rng((7, i))
        found.append(of_simulated(simulated.example(0, i), rng))
        found.append(of_injected(_one(injected.triple(0, i), rng), rng))
    return found + (real() if part == "test" else [])


def real() -> list[IncidentExample]:
    """The incidents of real systems; none where the labelled sets are not here."""
    held = [*optional(lambda: list(nezha_incidents())), *optional(lambda: list(petshop_incidents()))]
    return [of_recorded(one) for one in held]


def sample(size: int) -> list[IncidentExample]:
    """So many injected incidents that need no data."""
    injected = Regressions(synthetic_windows(2), seed=0)
    rngs = [np.random.default_rng((3, i)) for i in range(size)]
    return [of_injected(injected.triple(0, i)[i % 2], rngs[i]) for i in range(size)]


def of_injected(injected: Injected, rng: np.random.Generator) -> IncidentExample:
    """An injected window as an incident: nobody says when it began, half of the faults come from a change."""
    fault = injected.fault
    window = injected.deployment.window
    series = window.records()
    onset = fault.onset if fault else injected.deployed
    culprit = fault.services[0] if fault and rng.random() < 0.5 else ""
    around: Causes = draw_causes(
        window.services, culprit, onset, injected.logs, fault.templates if fault else (), rng
    )
    roots = frozenset(fault.services) if fault else frozenset[str]()
    touched = [name for name in fault.touched if name.rpartition(".")[0] in roots] if fault else []
    known = onset if rng.random() < KNOWN_TIME else None
    return IncidentExample(
        series=series, logs=around.logs, graph=injected.graph, changes=around.changes, regions=around.regions,
        at=known, services=roots, metrics=frozenset(touched),
        templates=frozenset(fault.templates if fault else ()), change=frozenset({around.change} - {""}),
        region=frozenset({around.region} - {""}), kind=kind_of(injected),
    )  # fmt: skip


def kind_of(injected: Injected) -> str | None:
    """What was done to an injected window."""
    if injected.fault is None:
        return kind_of_benign(injected.benign)
    worst = injected.fault.touched[0] if injected.fault.touched else ""
    return kind_of_injected(worst.rpartition(".")[2], injected.fault.shape)


def of_simulated(incident: Incident, rng: np.random.Generator) -> IncidentExample:
    """A simulated incident: half of the faults come from a change, and now and then somebody knows when."""
    services = [node.id for node in incident.graph.nodes] if incident.graph else []
    onset = incident.time or incident.series.series[0].times[-1]
    culprit = incident.service if incident.service and rng.random() < 0.5 else ""
    around = draw_causes(services, culprit, onset, incident.logs, sorted(incident.templates or ()), rng)
    recorded = of_recorded(incident)
    return replace(
        recorded,
        logs=around.logs,
        regions=around.regions if incident.logs else None,
        region=frozenset({around.region} - {""}) if incident.logs else None,
        graph=recorded.graph if rng.random() < KNOWN_GRAPH else None,
        changes=around.changes if rng.random() < 0.5 else None,
        at=onset if rng.random() < KNOWN_TIME else None,
        change=frozenset({around.change} - {""}),
    )


def of_recorded(incident: Incident) -> IncidentExample:
    """A real incident as it was recorded, with nobody saying when it began."""
    return IncidentExample(
        series=incident.series,
        logs=incident.logs,
        graph=incident.graph,
        services=frozenset({incident.service} if incident.service else ()),
        metrics=frozenset({incident.metric}) if incident.metric else None,
        templates=incident.templates,
        kind=RECORDED.get(incident.kind or ""),
    )


def _one(triple: tuple[Injected, Injected, Injected], rng: np.random.Generator) -> Injected:
    """The faulty one most of the time."""
    return triple[int(rng.choice(3, p=(0.6, 0.25, 0.15)))]


def _part(
    share: float, example: Callable[[int, int], T], make: Callable[[T, np.random.Generator], IncidentExample]
) -> Part[IncidentExample]:
    return Part(share, lambda epoch, i: make(example(epoch, i), np.random.default_rng((5, epoch, i))))
