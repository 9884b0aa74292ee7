"""Courses of regressions, and that each makes its metric worse by what it says."""

from __future__ import annotations

import numpy as np
import pytest

from octad_train.inject.courses import SHAPES, can_worsen, course, worse


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("length", [1, 5, 30])
def test_courses_stay_within_their_size(shape, length) -> None:  # type: ignore[no-untyped-def]
    share = course(shape, length, np.random.default_rng(0))
    assert share.shape == (length,) and np.abs(share).max() <= (2 if shape == "variance" else 1)
    assert np.abs(share).max() > 0


def test_a_ramp_rises_and_a_leak_falls_back() -> None:
    rng = np.random.default_rng(1)
    assert (np.diff(course("ramp", 30, rng)) >= 0).all()
    assert (np.diff(course("sawtooth", 30, rng)) < 0).any()


@pytest.mark.parametrize(
    ("metric", "normal", "expected"),
    [
        ("latency", 10.0, 30.0),
        ("throughput", 30.0, 10.0),
        ("availability", 100.0, 90.0),
        ("success_ratio", 1.0, 0.9),
        ("error_rate", 0.0, 10.0),
        ("cpu_utilization", 60.0, 100.0),
        ("requests", 10.0, 30.0),
    ],
)
def test_three_times_worse(metric: str, normal: float, expected: float) -> None:
    values = worse(np.full(4, normal), metric, 3.0, np.array([0, 0, 1, 1.0]))
    assert values == pytest.approx([normal, normal, expected, expected])


def test_variance_leaves_the_median() -> None:
    share = course("variance", 2001, np.random.default_rng(2))
    values = worse(np.ones(2001), "latency", 3.0, share)
    assert np.median(values) == pytest.approx(1, abs=0.1) and values.std() > 0.5


@pytest.mark.parametrize(
    ("metric", "values", "able"),
    [
        ("latency", [1, 1, 1, 1, 1], True),
        ("latency", [0, 0, 0, 0, 1], False),
        ("latency", [1, np.nan, np.nan, 1, 1], False),
        ("requests", [1, 1, 1, 1, 1], False),
        ("availability", [100, 100, 100, 99, 100], True),
        ("availability", [0, 0, 0, 0, 0], False),
        ("error_rate", [0, 0, 0, 0, 0], True),
        ("CpuUsageRate(%)", [60, 60, 60, 60, 60], False),
    ],
)
def test_what_would_not_show_cannot_worsen(metric: str, values: list[float], able: bool) -> None:
    assert can_worsen(np.array(values, dtype=float), metric, 2.0) is able
