"""Forecasts without learning: right where the course is simple, and honest about their errors."""

from __future__ import annotations

import numpy as np
import pytest

from octad.signals.forecast import exponential_smoothing, filled, last_value, quantiles, seasonal_naive

TIME = np.arange(240.0)
WAVE = 100 + 30 * np.sin(2 * np.pi * TIME / 24)


def noisy(seed: int, values: np.ndarray = WAVE) -> np.ndarray:
    return values + np.random.default_rng(seed).normal(0, 1, len(values))


def test_gaps_are_carried_over() -> None:
    values = np.array([[np.nan, 1, np.nan, 3], [np.nan] * 4])
    assert filled(values).tolist() == [[1, 1, 1, 3], [0, 0, 0, 0]]


def test_the_naive_ones_repeat() -> None:
    history = WAVE[None, :200]
    assert last_value(history, 12).point.tolist() == [[WAVE[199]] * 12]
    found = seasonal_naive(history, 12, 24)
    assert found.point[0] == pytest.approx(WAVE[200:212]) and np.abs(found.errors).max() < 1e-9
    assert (seasonal_naive(history[:, :30], 12, 24).point == history[0, 29]).all()


def test_errors_are_those_that_were_made() -> None:
    history = np.array([[1.0, 2, 4, 8, 16]])
    errors = last_value(history, 2).errors
    assert errors.tolist() == [[[1, 3], [2, 6], [4, 12]]]


def test_smoothing_follows_a_season() -> None:
    history, future = noisy(0)[None, :216], WAVE[216:228]
    found = exponential_smoothing(history, 12, 24)
    assert np.abs(found.point[0] - future).max() < 4
    assert np.abs(last_value(history, 12).point[0] - future).max() > 20
    assert found.errors.std() < 4


def test_smoothing_leaves_out_a_season_that_is_none() -> None:
    history = noisy(1, np.full(240, 100.0))[None]
    seasonal, plain = exponential_smoothing(history, 6, 24), exponential_smoothing(history, 6)
    assert seasonal.point[0] == pytest.approx(100, abs=2) and plain.point[0] == pytest.approx(100, abs=2)
    short = exponential_smoothing(history[:, :40], 6, 24)
    assert (short.point == exponential_smoothing(history[:, :40], 6).point).all()


def test_each_history_has_its_own_weights() -> None:
    both = np.stack([noisy(2)[:216], noisy(3, np.full(240, 50.0))[:216]])
    together = exponential_smoothing(both, 12, 24)
    for row in (0, 1):
        alone = exponential_smoothing(both[row : row + 1], 12, 24)
        assert together.point[row] == pytest.approx(alone.point[0])


def test_quantiles_hold_what_they_say() -> None:
    histories = np.random.default_rng(4).normal(50, 5, (200, 150))
    levels = (0.1, 0.5, 0.9)
    found = quantiles(exponential_smoothing(histories[:, :-5], 5), levels)
    assert found.shape == (200, 5, 3) and (np.diff(found, axis=2) >= 0).all()
    share = (histories[:, -5:, None] <= found).mean(axis=(0, 1))
    assert share == pytest.approx(levels, abs=0.04)


def test_too_short_a_history_has_no_spread() -> None:
    for forecast in (last_value, exponential_smoothing):
        found = quantiles(forecast(np.ones((2, 3)), 6), (0.1, 0.9))
        assert found.shape == (2, 6, 2) and (found == 1).all()
