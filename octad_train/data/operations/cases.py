"""Labelled cases of agents that read operations: incidents and deployments as case and label of an agent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from octad.agents.agent import Agent
from octad.records.instant import Instant
from octad.records.report import Finding
from octad_train.data.mixture import Mixture
from octad_train.data.operations import deployments, incidents
from octad_train.data.operations.deployments import DeploymentExample
from octad_train.data.operations.incidents import IncidentExample
from octad_train.sources import IsRight

Pair = tuple[Any, Any]


def incident_training(agent: Agent[Any, Any], folder: Path) -> Mixture[Pair]:
    """Labelled incidents without end."""
    return incidents.training(folder).map(lambda one: of_incident(agent, one))


def incident_validation(
    agent: Agent[Any, Any], folder: Path, part: str = "valid", size: int = 2000
) -> list[Pair]:
    """Held-out incidents of systems that training never saw. `part` may be test."""
    return [of_incident(agent, one) for one in incidents.held_out(folder, part, size)]


def incident_sample(agent: Agent[Any, Any], size: int) -> list[Pair]:
    """So many labelled incidents that need no data."""
    return [of_incident(agent, one) for one in incidents.sample(size)]


def deployment_training(agent: Agent[Any, Any], folder: Path) -> Mixture[Pair]:
    """Labelled deployments without end."""
    return deployments.training(folder).map(lambda one: of_deployment(agent, one))


def deployment_validation(
    agent: Agent[Any, Any], folder: Path, part: str = "valid", size: int = 2000
) -> list[Pair]:
    """Held-out deployments: newer changes, and systems that training never saw. `part` may be test."""
    return [of_deployment(agent, one) for one in deployments.held_out(folder, part, size)]


def deployment_sample(agent: Agent[Any, Any], size: int) -> list[Pair]:
    """So many labelled deployments that need no data."""
    return [of_deployment(agent, one) for one in deployments.sample(size)]


def deployment_repository(agent: Agent[Any, Any], folder: Path, output: Path) -> dict[str, int]:
    """A user's own history: changes labelled by the fixes that came later."""
    return deployments.of_repository(folder, output)


def real_incidents(agent: Agent[Any, Any]) -> Iterator[tuple[Any, IsRight]]:
    """Recorded incidents of real systems; right is a finding that names what was at fault."""
    for one in incidents.real():
        case, label = of_incident(agent, one)
        yield case, partial(_is_right, label, agent.expected(case, label))


def real_changes(agent: Agent[Any, Any]) -> Iterator[tuple[Any, IsRight]]:
    """Changes of the test part of the public set; right is a finding about a defective one."""
    for one in deployments.measured_changes("test"):
        case, label = of_deployment(agent, deployments.of_risk(one))
        yield case, partial(_is_right, label, agent.expected(case, label))


def _is_right(label: Any, expected: frozenset[tuple[str, int | str]], finding: Finding) -> bool | None:
    """Whether a label calls for a finding, by its line or by what it refers to; None where it is silent."""
    if getattr(label, finding.rule.rpartition("/")[2]) is None:
        return None
    return bool(expected & {(finding.rule, finding.anchor.line), (finding.rule, finding.reference)})


def of_incident(agent: Agent[Any, Any], one: IncidentExample) -> Pair:
    """Case and label of an incident."""
    case = agent.case(
        metrics=one.series,
        logs=one.logs,
        graph=one.graph,
        changes=one.changes,
        code=one.regions,
        at=_at(one.at),
    )
    label = agent.label(
        service=one.services, metric=one.metrics, template=one.templates, change=one.change,
        region=one.region, kind=one.kind,
    )  # fmt: skip
    return case, label


def of_deployment(agent: Agent[Any, Any], one: DeploymentExample) -> Pair:
    """Case and label of a deployment of which something is known."""
    case = agent.case(
        change=one.change,
        metrics=one.metrics,
        logs=one.logs,
        graph=one.graph,
        history=one.history,
        at=_at(one.at),
    )
    return case, agent.label(risk=one.defective, rollback=one.regressed)


def _at(time: float | None) -> Instant | None:
    return None if time is None else Instant(time=time)
