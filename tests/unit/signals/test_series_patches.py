"""Patches of any series: finite, of one shape, blind to unit and level, the newest last."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from octad.signals.series_patches import BINS, MOST, SIZE, Scale, patches, robust_scale

Floats = np.ndarray
NOON = 1_700_049_600.0
"""A Wednesday at noon in UTC."""


def anything(most: float) -> st.SearchStrategy[Floats]:
    numbers = st.floats(-most, most, allow_nan=False) | st.just(float("nan"))
    return st.integers(0, 300).flatmap(lambda n: arrays(np.float64, n, elements=numbers))


def times(values: Floats, step: float = 60.0) -> Floats:
    return NOON + step * np.arange(len(values), dtype=np.float64)


def made(values: Floats, most: int = MOST) -> Floats:
    return patches(times(values), values, robust_scale(values), most)


@settings(deadline=None, max_examples=60)
@given(anything(1e300), st.integers(1, 6), st.floats(1e-6, 1e7))
def test_finite_and_of_one_shape_whatever_comes(values: Floats, most: int, step: float) -> None:
    found = patches(times(values, step), values, robust_scale(values), most)
    assert found.shape[1] == SIZE and np.isfinite(found).all()
    assert (len(found) == 0) == (len(values) == 0) and len(found) <= most


@settings(deadline=None, max_examples=60)
@given(anything(1e3), st.floats(0.01, 100.0), st.floats(-1e4, 1e4))
def test_values_are_blind_to_unit_and_level(values: Floats, unit: float, level: float) -> None:
    """As far as the series moves at all for its level."""
    scale = robust_scale(values)
    moved = robust_scale(values * unit + level)
    floor = 1e-3 * max(abs(scale.centre) * unit, abs(moved.centre), abs(level), 1e-3)
    if scale.spread * unit <= floor or not np.isfinite(values).any():
        return
    assert moved.centre == pytest.approx(scale.centre * unit + level, rel=1e-6, abs=1e-6)
    before, after = made(values), made(values * unit + level)
    np.testing.assert_allclose(before, after, rtol=1e-3, atol=1e-3)


@settings(deadline=None, max_examples=60)
@given(anything(1e300))
def test_a_scale_is_never_zero_and_a_gap_is_not_seen(values: Floats) -> None:
    scale = robust_scale(values)
    assert scale.spread > 0 and np.isfinite(scale).all()
    assert robust_scale(np.concatenate([[np.nan], values, [np.nan] * 3])) == scale


def test_a_scale_is_median_and_quartiles() -> None:
    assert robust_scale(np.array([1.0, 2, 3, 4, 1000])) == (3.0, pytest.approx(2 / 1.349))
    assert robust_scale(np.array([5.0] * 9 + [7.0])).spread == pytest.approx(0.6), "quartiles meet"
    assert robust_scale(np.full(9, 200.0)) == (200.0, 0.2)
    assert robust_scale(np.full(4, np.nan)) == (0.0, 1.0)


def test_the_newest_bins_fill_the_last_patch() -> None:
    values = np.arange(BINS + 4, dtype=np.float64)
    found = patches(times(values), values, Scale(0.0, 1.0))
    assert found.shape == (2, SIZE)
    np.testing.assert_allclose(np.sinh(found[1, :BINS]), values[4:], rtol=1e-5)
    assert found[0, BINS : 2 * BINS].tolist() == [0.0] * (BINS - 4) + [1.0] * 4
    np.testing.assert_allclose(np.sinh(found[0, BINS - 4 : BINS]), values[:4], rtol=1e-5, atol=1e-6)


def test_longer_series_are_made_coarser_by_means() -> None:
    values = np.repeat(np.arange(BINS * MOST, dtype=np.float64), 3)
    found = patches(times(values), values, Scale(0.0, 1.0))
    assert len(found) == MOST
    np.testing.assert_allclose(np.sinh(found[:, :BINS]).ravel(), np.arange(BINS * MOST), rtol=1e-4, atol=1e-6)


def test_a_gap_is_zero_and_told() -> None:
    values = np.ones(BINS)
    values[3] = np.nan
    (found,) = patches(times(values), values, Scale(0.0, 1.0))
    assert (found[3], found[BINS + 3]) == (0.0, 0.0) and found[BINS : 2 * BINS].sum() == BINS - 1
    assert found[-1] == pytest.approx(1 - 1 / BINS)


def test_hour_weekday_and_pace() -> None:
    values = np.ones(BINS)
    start = NOON - 7.5 * 60
    (found,) = patches(start + 60 * np.arange(BINS, dtype=np.float64), values, Scale(0.0, 1.0))
    sine, cosine = found[2 * BINS : 2 * BINS + 2]
    assert (sine, cosine) == (pytest.approx(0.0, abs=1e-3), pytest.approx(-1.0, abs=1e-3)), "noon"
    assert found[2 * BINS + 4] == pytest.approx(np.log10(60) / 4, rel=1e-4)
    (later,) = patches(start + 7 * 86_400 + 60 * np.arange(BINS), values, Scale(0.0, 1.0))
    np.testing.assert_allclose(found, later, atol=1e-3)
