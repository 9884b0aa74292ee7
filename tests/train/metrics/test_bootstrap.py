"""Intervals: right width, same seed same figure, groups kept whole."""

from __future__ import annotations

import math

import numpy as np
import pytest

from octad_train.metrics.bootstrap import bootstrap


def test_the_interval_of_a_mean_has_the_width_of_theory() -> None:
    values = np.random.default_rng(0).normal(size=400)
    interval = bootstrap(lambda rows: float(values[rows].mean()), range(400), samples=600)
    assert interval.value == values.mean()
    assert interval.high - interval.low == pytest.approx(2 * 1.96 / 20, rel=0.15)
    assert interval == bootstrap(lambda rows: float(values[rows].mean()), range(400), samples=600)


def test_groups_are_drawn_whole_and_widen_the_interval() -> None:
    values = np.repeat([0.0, 1.0, 2.0, 3.0], 25)
    groups = np.repeat(["a", "b", "c", "d"], 25).tolist()
    alone = bootstrap(lambda rows: float(values[rows].mean()), range(100), samples=300)
    whole = bootstrap(lambda rows: float(values[rows].mean()), groups, samples=300)
    assert whole.high - whole.low > 2 * (alone.high - alone.low)


def test_draws_without_a_value_are_left_out() -> None:
    values = np.array([1.0, math.nan])
    interval = bootstrap(lambda rows: float(values[rows].mean()), range(2), samples=50)
    assert (interval.low, interval.high) == (1, 1)
    assert str(interval) == "nan [1.000, 1.000]"
    with pytest.raises(ValueError, match="no cases"):
        bootstrap(lambda rows: 0.0, [])
