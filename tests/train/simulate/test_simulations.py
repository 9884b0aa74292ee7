"""Simulated incidents: the same by number, whole, and with the fault where they say it is."""

import math
from dataclasses import replace

import numpy as np
import pytest

from octad.signals.change_point import Window, deviations
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
        assert (observe(one.series.series, one.graph).system.owner >= 0).all()


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


def test_the_fault_shows_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def incident(seed: int) -> Incident:
        rng = np.random.default_rng(seed)
        system = replace(
            draw_system(rng), observed=1.0, shown=frozenset(("mean", "success", "cpu", "memory"))
        )
        return simulate(system, KINDS[seed % len(KINDS)], rng)

    struck = [incident(seed) for seed in range(50)]
    with monkeypatch.context() as clean:
        clean.setattr(simulations, "apply", benign)
        others = [incident(seed) for seed in range(50)]
    stronger = [
        evidence_at(one, one.service) > evidence_at(other, other.service)
        for one, other in zip(struck, others, strict=True)
    ]
    assert np.mean(stronger) > 0.7


def benign(state: State, fault: Fault, rng: np.random.Generator) -> None:
    """A fault that does nothing."""
