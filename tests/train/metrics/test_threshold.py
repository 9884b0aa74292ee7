"""Thresholds keep what they promise, and are the lowest that do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad_train.metrics.threshold import threshold_for_false_alarms


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
