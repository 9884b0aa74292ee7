"""Planted regressions: known, where they say, deterministic, and their twins clean."""

from __future__ import annotations

import numpy as np
import pytest

from octad.data.deployments import BEFORE, Deployment, callers, draw
from octad.data.harmless import KINDS, innocent
from octad.data.quiet import Quiet
from octad.data.regressions import RATIOS, Regressions, harmless, plant, untouched
from octad.records.graph import Edge, Graph, Node

SERVICES = ("front", "cart", "store", "other")
METRICS = ("latency", "availability", "cpu", "memory", "requests")
CALLS = (("front", "cart"), ("cart", "store"), ("store", "cart"))
GRAPH = Graph(
    nodes=tuple(Node(id=name) for name in SERVICES),
    edges=tuple(Edge(source=source, target=target) for source, target in CALLS),
)


def stretch(length: int = 200, seed: int = 0) -> Quiet:
    rng = np.random.default_rng(seed)
    names = tuple((service, metric) for service in SERVICES for metric in METRICS)
    level = np.array([100.0 if metric == "availability" else 20.0 for _, metric in names])
    noise = np.where(level == 100, 0, rng.normal(0, 0.5, (length, len(names))))
    return Quiet("set", "system", names, 60.0 * np.arange(length), level + noise, GRAPH)


def single(name: str, length: int = 120) -> Quiet:
    values = np.random.default_rng(1).normal(50, 2, (length, 1))
    return Quiet("lone", "system", ((name, "latency"),), 60.0 * np.arange(length), values)


def deployment(seed: int = 0) -> Deployment:
    return Deployment(stretch().cut(0, 70), 50, seed)


def test_windows_are_drawn_whole() -> None:
    for seed in range(20):
        one = draw([stretch(), stretch(20)], np.random.default_rng(seed))
        assert one.at >= BEFORE[0] and len(one.window) - one.at >= 15
        assert 1 <= len(one.window.services) <= 4
    with pytest.raises(ValueError, match="no stretch"):
        draw([stretch(20)], np.random.default_rng(0))
    with pytest.raises(ValueError, match="deployment at 70"):
        Deployment(stretch().cut(0, 70), 70, 0)


def test_single_series_stand_beside_each_other() -> None:
    drawn = [draw([single("a"), single("b"), single("a")], np.random.default_rng(seed)) for seed in range(10)]
    assert {tuple(one.window.services) for one in drawn} == {("a",), ("b",), ("a", "b")}


def test_callers_are_found_through_cycles() -> None:
    assert callers(GRAPH, "store") == {"cart": 1, "front": 2}
    assert callers(None, "store") == {}


def test_a_regression_is_where_it_says() -> None:
    clean = untouched(deployment())
    for seed in range(40):
        planted = plant(deployment(), np.random.default_rng(seed))
        assert planted is not None and planted.fault is not None
        fault, window = planted.fault, planted.deployment.window
        assert planted.deployed <= fault.onset and fault.touched
        assert fault.touched[0].split(".")[0] in fault.services
        assert fault.ratio in (RATIOS if fault.shape != "outage" else (0.0,))
        if planted.harmless:
            continue
        changed = ~np.isclose(window.values, clean.deployment.window.values, equal_nan=True)
        assert (window.times[changed.any(axis=1)] >= fault.onset).all()
        names = {f"{service}.{metric}" for service, metric in window.names}
        assert set(fault.touched) <= names and len(fault.touched) == changed.any(axis=0).sum()
        assert {series.name for series in planted.before.series} == names


def test_a_step_has_its_ratio_and_callers_feel_less() -> None:
    for seed in range(200):
        planted = plant(deployment(), np.random.default_rng(seed), 3.0)
        assert planted is not None and planted.fault is not None
        fault = planted.fault
        if fault.shape == "step" and fault.services == ("store",) and fault.touched[0] == "store.latency":
            break
    window = planted.deployment.window
    start = int(np.flatnonzero(window.times >= fault.onset)[0]) + 4
    level = {name: np.median(window.values[start:, at]) for at, name in enumerate(window.names)}
    assert level["store", "latency"] == pytest.approx(60, rel=0.1)
    assert 60 > level["cart", "latency"] > level["front", "latency"] > 20.5
    assert level["other", "latency"] == pytest.approx(20, rel=0.1)


def test_nothing_is_planted_where_it_would_not_show() -> None:
    window = stretch().cut(0, 70)
    names = tuple((service, "requests") for service, _ in window.names)
    neutral = Quiet("set", "system", names, window.times, window.values)
    assert plant(Deployment(neutral, 50, 0), np.random.default_rng(0)) is None


def test_twins_share_window_and_logs() -> None:
    faulty, innocent_one, clean = Regressions([stretch()], seed=3).triple(0, 5)
    assert clean.fault is None and not clean.harmless and innocent_one.harmless in KINDS
    assert faulty.deployed == clean.deployed and faulty.graph == clean.graph
    usual = {template.template for template in clean.logs.templates}
    new = {template.template for template in faulty.logs.templates} - usual
    assert faulty.fault is not None and usual
    assert set(faulty.fault.templates) <= {template.template for template in faulty.logs.templates} | new
    again = Regressions([stretch()], seed=3).triple(0, 5)[0]
    assert again.fault == faulty.fault and again.logs == faulty.logs and again.after == faulty.after


def test_new_templates_speak_after_the_onset() -> None:
    stream = Regressions([stretch()])
    logged = 0
    for index in range(30):
        planted = stream.triple(0, index)[0]
        for template in planted.logs.templates:
            assert template.count == sum(count for _, count in template.counts)
            if planted.fault is not None and template.template in planted.fault.templates:
                logged += 1
                assert template.first is not None and template.first >= planted.fault.onset
    assert logged > 5


def test_half_of_the_stream_is_faulty() -> None:
    examples = [Regressions([stretch()]).example(0, index) for index in range(60)]
    assert 20 <= sum(one.fault is not None for one in examples) <= 40
    assert any(one.harmless and one.fault is None for one in examples)


@pytest.mark.parametrize("kind", KINDS)
def test_harmless_changes(kind: str) -> None:
    base = deployment()
    change = innocent(base, kind, np.random.default_rng(4))
    assert change.kind == kind and change.values.shape == base.window.values.shape
    same = np.array_equal(change.values, base.window.values)
    assert same is (kind == "release")
    one = harmless(base, np.random.default_rng(4), kind)
    assert one.fault is None and one.harmless == kind


def test_load_moves_requests_most() -> None:
    base = deployment()
    change = innocent(base, "load", np.random.default_rng(0))
    ratio = {
        name: change.values[-1, at] / base.window.values[-1, at] for at, name in enumerate(base.window.names)
    }
    assert abs(np.log(ratio["cart", "requests"])) > abs(np.log(ratio["cart", "cpu"])) > 0
    assert abs(np.log(ratio["cart", "cpu"])) > abs(np.log(ratio["cart", "latency"])) > 0
    assert ratio["cart", "availability"] == 1
