"""Evidence by ranks: honest under no change at every look, quick on a change, deaf to bursts and to drift."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.signals.rank_evidence import RECORDS, drift, log_evidence


def test_without_a_change_one_in_a_hundred_reaches_a_hundred_at_any_look() -> None:
    rng = np.random.default_rng(0)
    found = log_evidence(rng.standard_normal((40, 4_000)), rng.standard_normal((30, 4_000)))
    assert found.shape == (30, 4_000)
    for level in (1, 2):
        assert (found.max(axis=0) >= level).mean() <= 10.0**-level * 1.2


def test_a_change_is_certain_after_a_few_points_wherever_it_begins() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.standard_normal((60, 1)), rng.standard_normal((30, 1))
    for onset in (0, 10):
        moved = after.copy()
        moved[onset:] += 6
        first = int(np.argmax(log_evidence(before, moved)[:, 0] >= 3))
        assert onset + 2 <= first <= onset + 8


def test_what_a_few_points_of_the_past_happen_to_lack_breaks_no_promise() -> None:
    rng = np.random.default_rng(5)
    for points in (12, 30):
        found = log_evidence(rng.standard_normal((points, 10_000)), rng.standard_normal((30, 10_000)))
        for level in (1, 2, 3):
            assert (found.max(axis=0) >= level).mean() <= 10.0**-level * 0.5


def test_spikes_in_a_third_of_the_points_are_evidence_beyond_any_margin() -> None:
    rng = np.random.default_rng(6)
    before, after = rng.standard_normal((60, 400)), rng.standard_normal((30, 400))
    spiky = after + 10 * (rng.random(after.shape) < 1 / 3)
    assert (log_evidence(before, spiky, 1.5).max(axis=0) >= 3).mean() > 0.8
    assert (log_evidence(before, after, 1.5).max(axis=0) >= 3).mean() == 0
    usual = before + 10 * (rng.random(before.shape) < 1 / 3)  # spikes that were there before are usual
    assert (log_evidence(usual, spiky, 1.5).max(axis=0) >= 3).mean() == 0


def test_a_burst_of_three_points_proves_nothing_however_long_the_past_is() -> None:
    past = np.random.default_rng(2).standard_normal((5_000, 1))
    after = np.zeros((20, 1))
    after[5:8] = 1_000
    assert log_evidence(past, after).max() < 4
    after[5:] = 1_000
    assert log_evidence(past, after).max() > 8
    assert RECORDS < 5_000


def test_the_margin_says_by_how_much_at_least() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.normal(0, 0.1, (60, 1)), rng.normal(1, 0.1, (30, 1))
    found = [log_evidence(before, after, margin).max() for margin in (0.0, 0.5, 0.9, 1.5)]
    assert found[0] >= found[1] >= found[2] > found[3] and found[1] > 5 and found[3] < 1


def test_drift_is_the_largest_rise_of_the_past_above_what_came_before() -> None:
    flat, rising = np.zeros(60), np.arange(60) / 10
    falling = -rising
    found = drift(np.column_stack([flat, rising, falling, np.full(60, np.nan)]))
    assert found[0] == found[2] == found[3] == 0
    rise = np.median(rising[54:]) - np.median(rising[:53])
    assert 1.8 * rise < found[1] < 2 * rise + 0.2  # a line is as smooth as can be
    noise = np.random.default_rng(4).standard_normal((60, 1))
    assert drift(noise)[0] < 1.5


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), max_size=20),
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), max_size=20),
)
@settings(deadline=None, max_examples=60)
def test_any_values_give_finite_evidence_that_no_monotone_scale_changes(
    before: list[float], after: list[float]
) -> None:
    first, second = np.array(before)[:, None], np.array(after)[:, None]
    found = log_evidence(first, second)
    assert found.shape == (len(after), 1) and np.isfinite(found).all()
    scaled = log_evidence(first * 2.0, second * 2.0)
    assert np.array_equal(found, scaled)
    assert drift(first).shape == (1,)
