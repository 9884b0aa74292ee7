"""Thresholds keep what they promise, and are the lowest that do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.metrics.threshold import threshold_for_false_alarms, threshold_for_precision

scored = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40)


@settings(max_examples=40, deadline=None)
@given(scored, st.sampled_from([0.3, 0.5, 0.9, 1.0]), st.integers(1, 5))
def test_precision_is_kept_and_no_lower_score_keeps_it(
    pairs: list[tuple[int, bool]], precision: float, minimum: int
) -> None:
    scores = np.array([score for score, _ in pairs], dtype=float)
    right = np.array([true for _, true in pairs], dtype=bool)
    threshold = threshold_for_precision(scores, right, precision, minimum)

    def keeps(at: float) -> bool:
        shown = right[scores >= at]
        return len(shown) >= minimum and bool(shown.mean() >= precision)

    assert threshold == math.inf or keeps(threshold)
    assert not any(keeps(score) for score in scores[scores < threshold])


def test_precision_out_of_reach_is_infinite() -> None:
    assert threshold_for_precision([0.9] * 30, [False] * 30, 0.5) == math.inf
    assert threshold_for_precision([0.9] * 19, [True] * 19, 0.5) == math.inf
    assert threshold_for_precision([0.9] * 20, [True] * 20, 0.5) == 0.9
    assert threshold_for_precision([], [], 0.5) == math.inf


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=40),
    st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0]),
    st.sampled_from([np.float32, np.float64]),
)
def test_false_alarms_stay_under_the_rate(scores: list[int], rate: float, kind: type) -> None:
    clean = np.array(scores, dtype=kind) / kind(10)
    threshold = threshold_for_false_alarms(clean, rate)
    assert np.mean(clean >= threshold) <= rate
    lower = clean[clean < threshold]
    assert not lower.size or np.mean(clean >= lower.max()) > rate


def test_exposure_counts_alarms_per_unit() -> None:
    clean = np.arange(100) / 100
    threshold = threshold_for_false_alarms(clean, 0.3, exposure=10)
    assert np.count_nonzero(clean >= threshold) == 3
    assert threshold_for_false_alarms(clean, 11, exposure=10) == -math.inf
    assert threshold_for_false_alarms([], 0.1) == -math.inf
    assert threshold == pytest.approx(0.96)
