"""Figures of quantile forecasts, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from octad_train.metrics.forecast import coverage, pinball, provision, weighted_quantile_loss


def test_pinball_leans_by_the_level() -> None:
    assert pinball([10.0], [[8.0, 12.0]], (0.9, 0.9))[0] == pytest.approx([1.8, 0.2])


def test_the_median_gives_the_relative_error() -> None:
    actual, forecast = np.array([10.0, 20.0]), np.array([[12.0], [16.0]])
    assert weighted_quantile_loss(actual, forecast, (0.5,)) == pytest.approx(6 / 30)
    assert np.isnan(weighted_quantile_loss([0.0], [[1.0]], (0.5,)))


def test_the_true_quantiles_lose_least() -> None:
    levels = (0.1, 0.5, 0.9)
    actual = np.random.default_rng(0).exponential(10, 4000)
    right = np.broadcast_to(np.quantile(actual, levels), (4000, 3))
    best = weighted_quantile_loss(actual, right, levels)
    for other in (right * 1.2, right * 0.8, right[:, ::-1]):
        assert weighted_quantile_loss(actual, other, levels) > best
    assert coverage(actual, right) == pytest.approx(levels, abs=0.01)


def test_provision_counts_lack_and_waste() -> None:
    found = provision([10.0, 20.0, 10.0, 0.0], [12.0, 18.0, 10.0, 2.0])
    assert found == (0.25, pytest.approx(0.1))
    assert np.isnan(provision([], []).under) and np.isnan(provision([0.0], [1.0]).unused)
