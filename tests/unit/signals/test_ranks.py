"""Rank statistics against scipy, with gaps and with too little."""

from __future__ import annotations

import numpy as np
import pytest

from octad.signals.ranks import compare, log_p, mean, median, shift


def samples(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    before = rng.integers(0, 6, (30, 4)).astype(float)
    after = rng.integers(1, 7, (12, 4)).astype(float)
    before[3, 1] = after[0, 2] = np.nan
    return before, after


def test_the_rank_test_is_that_of_scipy() -> None:
    from scipy.stats import mannwhitneyu

    before, after = samples()
    found = compare(before, after)
    for column in range(4):
        x, y = (values[np.isfinite(values[:, column]), column] for values in (after, before))
        options = {"alternative": "greater", "method": "asymptotic", "use_continuity": False}
        test = mannwhitneyu(x, y, **options)
        assert log_p(found.z)[column] == pytest.approx(-np.log10(test.pvalue))
        assert found.delta[column] == pytest.approx(2 * test.statistic / (len(x) * len(y)) - 1)


def test_a_shift_is_found_within_its_bounds() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.normal(0, 1, (40, 300)), rng.normal(1, 1, (20, 300))
    found = shift(before, after, 2.326)
    assert found.estimate.mean() == pytest.approx(1, abs=0.05)
    held = (found.low <= 1) & (found.high >= 1)
    assert held.mean() > 0.95 and (found.low < found.estimate).all()


def test_too_little_is_no_evidence() -> None:
    before, after = np.ones((2, 2)), np.array([[2.0, np.nan]])
    found = compare(before, after)
    assert found.delta.tolist() == [1, 0] and found.z[1] == 0
    assert np.isneginf(shift(before, after, 2.326).low).all()
    assert np.isneginf(shift(before, after[:0], 2.326).low).all()
    assert compare(before[:0], after).z.tolist() == [0, 0]


def test_middles_ignore_gaps() -> None:
    values = np.array([[1.0, np.nan], [2.0, np.nan], [9.0, np.nan], [np.nan, np.nan]])
    assert median(values)[0] == 2 and mean(values)[0] == 4
    assert np.isnan(median(values)[1]) and np.isnan(mean(values)[1]) and np.isnan(median(values[:0])).all()
