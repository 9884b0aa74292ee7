"""Simulated incidents: the same by number, whole, and with the fault where they say it is."""

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from octad.signals.change_point import Window, deviations, windows
from octad.signals.log_features import LOG_FEATURES, log_features
from octad.signals.log_shifts import Beginning
from octad.signals.root_cause_features import FEATURES, features
from octad.signals.system import observe
from octad_train.data.operations.incident import Incident
from octad_train.simulate import simulations
from octad_train.simulate.fault import KINDS, NO_FAULT, Fault, State
from octad_train.simulate.simulations import Simulations, simulate
from octad_train.simulate.system import draw_system


@pytest.fixture(scope="module")
def examples() -> list[Incident]:
    return [Simulations(1).example(0, index) for index in range(50)]


def test_an_example_follows_from_seed_epoch_and_index() -> None:
    first = Simulations(3).example(2, 7)
    assert first == Simulations(3).example(2, 7)
    others = [Simulations(4).example(2, 7), Simulations(3).example(1, 7), Simulations(3).example(2, 8)]
    assert all(first.series != other.series for other in others)


def test_examples_are_whole(examples: list[Incident]) -> None:
    for one in examples:
        assert one.graph is not None
        names = [node.id for node in one.graph.nodes]
        assert len(set(names)) == len(names)
        assert {end for edge in one.graph.edges for end in (edge.source, edge.target)} <= set(names)
        assert len({series.name for series in one.series.series}) == len(one.series.series)
        for series in one.series.series:
            assert all(value is None or math.isfinite(value) for value in series.values)
            assert one.time in series.times
        system = observe(one.series.series, one.graph).system
        assert {one.series.series[at].name[:8] for at in np.flatnonzero(system.owner < 0)} <= {"machine-"}


def test_a_fault_has_a_root_and_any_other_event_has_none(examples: list[Incident]) -> None:
    kinds = {one.kind for one in examples}
    assert kinds & set(KINDS) and kinds & set(NO_FAULT)
    for one in examples:
        assert (one.service is None) == (one.kind in NO_FAULT)
        assert one.metric is None or one.metric in {series.name for series in one.series.series}


def evidence_at(one: Incident, service: str | None) -> float:
    case = observe(one.series.series, one.graph)
    first = int(np.searchsorted(case.times, one.time or 0.0))
    found = np.abs(deviations(case.system.level, [Window(1.0, first, len(case.times))])[:, 2])
    own = found[case.system.owner == case.services.index(service or "")]
    return float(own.max(initial=0.0))


def struck(kind: str, seed: int, **update: object) -> Incident:
    rng = np.random.default_rng(seed)
    return simulate(
        replace(draw_system(rng), observed=1.0, views=0.0, counts=False, rate=100.0, **update), kind, rng
    )  # type: ignore[arg-type]


def shares(kind: str, rank: Callable[[Incident], str], **update: object) -> float:
    """How often a rule finds the service at fault, over incidents that are of no other time."""
    found = [one for one in (struck(kind, seed, **update) for seed in range(40)) if one.service]
    return float(np.mean([rank(one) == one.service for one in found]))


def widest_gap(one: Incident) -> str:
    case = observe(one.series.series, one.graph)
    found = windows(case.system.level, int(np.searchsorted(case.times, one.time or 0.0)))
    gaps = features(case.system, found)[:, FEATURES.index("gap-fit")]
    return case.services[int(np.argmax(gaps))]


def test_a_delay_shows_between_the_ends_of_calls() -> None:
    """And not where the service itself is slow."""
    traced = {"shown": frozenset(("traces",)), "percentiles": ()}
    assert shares("delay", widest_gap, **traced) > 0.6
    assert shares("slow", widest_gap, **traced) < 0.3


def most_grave(one: Incident) -> str:
    said = log_features(
        one.logs, Beginning(one.time or 0.0, one.series.series[0].times[1] - one.series.series[0].times[0])
    )
    column = LOG_FEATURES.index("new-grave-share")
    return max(said, key=lambda name: said[name][column]) if said else ""


def test_errors_are_logged_where_they_are_and_delays_elsewhere() -> None:
    logged = {"shown": frozenset(("logs", "mean"))}
    assert shares("errors", most_grave, **logged) > 2 * shares("delay", most_grave, **logged)


def test_labelled_templates_are_said_by_the_service_at_fault(examples: list[Incident]) -> None:
    told = [one for one in examples if one.logs and one.templates]
    assert told and any(one.logs is None and one.templates is None for one in examples)
    for one in told:
        assert one.logs is not None and one.templates is not None
        assert {held.service for held in one.logs.templates if held.template in one.templates} <= {
            one.service
        }


def test_machines_belong_to_nobody_or_to_all_that_run_there() -> None:
    shown = {"shown": frozenset(("machines", "mean"))}
    found = [struck("cpu", seed, **shown) for seed in range(12)]
    names = {series.name.split(".")[0] for one in found for series in one.series.series}
    assert any(name.startswith("machine-") for name in names)
    tables = [
        [series.values for series in one.series.series if re.search(r"\.(Node|node_|host_)", series.name)]
        for one in found
    ]
    assert any(len(set(values)) < len(values) for values in tables)


def test_the_fault_shows_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def incident(seed: int) -> Incident:
        rng = np.random.default_rng(seed)
        system = replace(
            draw_system(rng), observed=1.0, shown=frozenset(("mean", "success", "cpu", "memory"))
        )
        return simulate(system, KINDS[seed % len(KINDS)], rng)

    faulty = [incident(seed) for seed in range(50)]
    with monkeypatch.context() as clean:
        clean.setattr(simulations, "apply", benign)
        others = [incident(seed) for seed in range(50)]
    stronger = [
        evidence_at(one, one.service) > evidence_at(other, other.service)
        for one, other in zip(faulty, others, strict=True)
    ]
    assert np.mean(stronger) > 0.7


def benign(state: State, fault: Fault, rng: np.random.Generator) -> None:
    """A fault that does nothing."""
