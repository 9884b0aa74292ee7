"""Stated against observed probabilities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.metrics.calibration import expected_calibration_error, reliability

stated = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.5001, 0.9, 1.0]), st.booleans()), min_size=1)


def test_one_bin_is_the_gap_of_the_means() -> None:
    assert expected_calibration_error([0.9, 0.7], [True, False], bins=1) == pytest.approx(0.3)


def test_two_bins_by_hand() -> None:
    # (0.1, 0.3) against 0.5, and (0.6, 0.8) against 1.0: gaps of 0.3, half of the mass each.
    error = expected_calibration_error([0.6, 0.1, 0.8, 0.3], [1, 0, 1, 1], bins=2)
    assert error == pytest.approx(0.3)


def test_a_calibrated_source_has_a_small_error_and_a_bold_one_a_large() -> None:
    generator = np.random.default_rng(1)
    truth = generator.random(20_000)
    outcome = generator.random(20_000) < truth
    assert expected_calibration_error(truth, outcome) < 0.02
    assert expected_calibration_error(np.where(truth > 0.5, 1.0, 0.0), outcome) > 0.2


@settings(max_examples=25, deadline=None)
@given(stated, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_no_case_is_lost(pairs: list[tuple[float, bool]], random) -> None:  # type: ignore[no-untyped-def]
    before = expected_calibration_error(*zip(*pairs, strict=True), bins=4)
    random.shuffle(pairs)
    assert expected_calibration_error(*zip(*pairs, strict=True), bins=4) == pytest.approx(before)
    assert reliability(*zip(*pairs, strict=True), bins=4)[:, 2].sum() == len(pairs)


def test_edges() -> None:
    assert math.isnan(expected_calibration_error([], []))
    with pytest.raises(ValueError, match="0 bins"):
        reliability([0.5], [True], bins=0)
