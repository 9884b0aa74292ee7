"""What is known of incidents and deployments becomes case and label of an agent that reads operations."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from octad.agents import debugger, deployment_specialist
from octad.records.change import name_of
from octad.records.instant import Instant
from octad.records.region import region_name
from octad.records.report import Anchor, Finding
from octad_train.data.changes import mined_history
from octad_train.data.changes.labelled_changes import change_of
from octad_train.data.operations import cases, deployments, incidents
from octad_train.data.operations.deployments import DeploymentExample
from octad_train.data.operations.incidents import IncidentExample
from tests.past import Past
from tests.train.data.rows import row

INCIDENTS, DEPLOYMENTS = debugger.agent, deployment_specialist.agent
PLACES = {"service": "services", "metric": "metrics", "template": "templates"}


@pytest.fixture(autouse=True)
def without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCTAD_DATA", raising=False)


@pytest.fixture(scope="module")
def incident() -> IncidentExample:
    """One with everything: a service at fault, a change, a region."""
    return next(one for one in incidents.sample(20) if one.services and one.change and one.region)


def test_an_incident_is_a_case_with_the_names_of_its_truth(incident: IncidentExample) -> None:
    case, label = cases.of_incident(INCIDENTS, incident)
    assert (case.metrics, case.logs, case.graph) == (incident.series, incident.logs, incident.graph)
    assert (case.changes, case.code) == (incident.changes, incident.regions)
    assert all(getattr(label, head) == getattr(incident, field) for head, field in PLACES.items())
    assert (label.change, label.region, label.kind) == (incident.change, incident.region, incident.kind)
    assert label.change <= {name_of(one) for one in case.changes.changes}
    assert label.region <= {region_name(one) for one in case.code.regions}
    wanted = {("root-cause/service", name) for name in label.service}
    assert wanted < INCIDENTS.expected(case, label)


@pytest.mark.parametrize("at", [None, 1_700_000_000.0])
def test_a_moment_that_nobody_knows_is_absent(incident: IncidentExample, at: float | None) -> None:
    known = IncidentExample(series=incident.series, at=at)
    expected = None if at is None else Instant(time=at)
    assert cases.of_incident(INCIDENTS, known)[0].at == expected
    assert cases.of_deployment(DEPLOYMENTS, DeploymentExample(at=at))[0].at == expected


def test_of_what_nobody_knows_there_is_no_label(incident: IncidentExample) -> None:
    case, label = cases.of_incident(INCIDENTS, IncidentExample(series=incident.series))
    assert label == debugger.Label() and INCIDENTS.expected(case, label) == frozenset()
    case, label = cases.of_deployment(DEPLOYMENTS, DeploymentExample())
    assert (case, label) == (deployment_specialist.Case(), deployment_specialist.Label())


def test_a_deployment_is_a_case_with_what_became_of_it() -> None:
    for one in deployments.sample(4):
        case, label = cases.of_deployment(DEPLOYMENTS, one)
        fields = ("change", "metrics", "logs", "graph", "history")
        assert all(getattr(case, name) == getattr(one, name) for name in fields)
        assert (label.risk, label.rollback) == (one.defective, one.regressed)
        found = {rule for rule, _ in DEPLOYMENTS.expected(case, label)}
        wanted = {"deployment/risk": label.risk, "deployment/rollback": label.rollback}
        assert found == {rule for rule, is_so in wanted.items() if is_so}


@pytest.mark.parametrize("name", ["incident", "deployment"])
def test_every_source_gives_cases_of_its_agent(name: str, tmp_path: Path) -> None:
    """Made of the examples that lie beneath, in their order."""
    agent, held = (INCIDENTS, incidents) if name == "incident" else (DEPLOYMENTS, deployments)
    made: Any = getattr(cases, f"of_{name}")
    training = getattr(cases, f"{name}_training")(agent, tmp_path)
    beneath = held.training(tmp_path)
    assert list(islice(training.stream(3, 0, 1), 4)) == [
        made(agent, one) for one in islice(beneath.stream(3, 0, 1), 4)
    ]
    for part in ("valid", "test"):
        found = getattr(cases, f"{name}_validation")(agent, tmp_path, part, 4)
        assert found == [made(agent, one) for one in held.held_out(tmp_path, part, 4)]
    assert getattr(cases, f"{name}_sample")(agent, 3) == [made(agent, one) for one in held.sample(3)]


def test_a_repository_becomes_a_corpus_of_its_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = Past(tmp_path / "shop")
    for day in range(4):
        past.commit(f"change {day}", {"a.py": f"x = {day}\n"}, day=day)
    monkeypatch.setattr(mined_history, "LEAST", 4)
    counts = cases.deployment_repository(DEPLOYMENTS, past.root, tmp_path / "corpus")
    assert sum(counts.values()) == 4
    assert (tmp_path / "corpus" / deployments.HISTORIES / "shop.jsonl.xz").is_file()


def finding(rule: str, name: str = "", line: int = 7) -> Finding:
    anchor = Anchor(path="case", line=line, end_line=line, end_column=1)
    return Finding(rule=rule, level="warning", message="", probability=0.9, anchor=anchor, reference=name)


def test_of_a_real_incident_a_finding_is_right_that_names_what_was_at_fault(
    incident: IncidentExample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents, "real", lambda: [incident, IncidentExample(series=incident.series)])
    (case, is_right), (_, never) = cases.real_incidents(INCIDENTS)
    assert case == cases.of_incident(INCIDENTS, incident)[0]
    (service,) = incident.services or ()
    assert is_right(finding("root-cause/service", service))
    assert not is_right(finding("root-cause/service", "another"))
    assert not is_right(finding("root-cause/metric", service))
    assert not never(finding("root-cause/service", service))


def test_of_a_real_change_a_finding_is_right_where_it_was_defective(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def measured(part: str) -> list[deployments.Risk]:
        asked.append(part)
        change = change_of(row(0), [])
        return [deployments.Risk(change, label, "shop", part) for label in (True, False)]

    monkeypatch.setattr(deployments, "measured_changes", measured)
    (case, is_right), (_, never) = cases.real_changes(DEPLOYMENTS)
    assert asked == ["test"] and case.change.revision == "r0"
    assert is_right(finding("deployment/risk", line=1)) and not never(finding("deployment/risk", line=1))
    assert not is_right(finding("deployment/rollback", line=1))
