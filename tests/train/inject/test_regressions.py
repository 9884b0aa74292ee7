"""Injected regressions: known, where they say, deterministic, beside clean windows of the same moment."""

from __future__ import annotations

import numpy as np
import pytest

from octad_train.data.operations.deployment_windows import Deployment
from octad_train.data.operations.normal_windows import NormalWindow
from octad_train.inject.benign_shifts import KINDS
from octad_train.inject.regressions import RATIOS, Regressions, inject, untouched
from tests.train.data.windows import deployment, stretch


def test_a_regression_is_where_it_says() -> None:
    clean = untouched(deployment())
    for seed in range(40):
        injected = inject(deployment(), np.random.default_rng(seed))
        assert injected is not None and injected.fault is not None
        fault, window = injected.fault, injected.deployment.window
        assert injected.deployed <= fault.onset and fault.touched
        assert fault.touched[0].split(".")[0] in fault.services
        assert fault.ratio in (RATIOS if fault.shape != "outage" else (0.0,))
        if injected.benign:
            continue
        changed = ~np.isclose(window.values, clean.deployment.window.values, equal_nan=True)
        assert (window.times[changed.any(axis=1)] >= fault.onset).all()
        names = {f"{service}.{metric}" for service, metric in window.names}
        assert set(fault.touched) <= names and len(fault.touched) == changed.any(axis=0).sum()
        assert {series.name for series in injected.before.series} == names


def test_a_step_has_its_ratio_and_callers_feel_less() -> None:
    for seed in range(200):
        injected = inject(deployment(), np.random.default_rng(seed), 3.0)
        assert injected is not None and injected.fault is not None
        fault = injected.fault
        if fault.shape == "step" and fault.services == ("store",) and fault.touched[0] == "store.latency":
            break
    window = injected.deployment.window
    start = int(np.flatnonzero(window.times >= fault.onset)[0]) + 4
    level = {name: np.median(window.values[start:, at]) for at, name in enumerate(window.names)}
    assert level["store", "latency"] == pytest.approx(60, rel=0.1)
    assert 60 > level["cart", "latency"] > level["front", "latency"] > 20.5
    assert level["other", "latency"] == pytest.approx(20, rel=0.1)


def test_nothing_is_injected_where_it_would_not_show() -> None:
    window = stretch().cut(0, 70)
    names = tuple((service, "requests") for service, _ in window.names)
    neutral = NormalWindow("set", "system", names, window.times, window.values)
    assert inject(Deployment(neutral, 50, 0), np.random.default_rng(0)) is None


def test_the_three_of_a_triple_share_window_and_logs() -> None:
    faulty, shifted, clean = Regressions([stretch()], seed=3).triple(0, 5)
    assert clean.fault is None and not clean.benign and shifted.benign in KINDS
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
        injected = stream.triple(0, index)[0]
        for template in injected.logs.templates:
            assert template.count == sum(count for _, count in template.counts)
            if injected.fault is not None and template.template in injected.fault.templates:
                logged += 1
                assert template.first is not None and template.first >= injected.fault.onset
    assert logged > 5


def test_half_of_the_stream_is_faulty() -> None:
    examples = [Regressions([stretch()]).example(0, index) for index in range(60)]
    assert 20 <= sum(one.fault is not None for one in examples) <= 40
    assert any(one.benign and one.fault is None for one in examples)
