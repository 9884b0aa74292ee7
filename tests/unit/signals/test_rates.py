"""A change of a Poisson rate against every split tried one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.signals.rates import HALF, Shift, rate_shift

COUNTS = st.lists(st.integers(0, 10**9), max_size=40)


def likelihood(counts: list[int]) -> float:
    """Of a Poisson rate at its best, without the factorials, which no split changes."""
    total = sum(counts)
    return total * math.log(total / len(counts)) - total if total else 0.0


def gain(counts: list[int], at: int) -> float:
    return likelihood(counts[:at]) + likelihood(counts[at:]) - likelihood(counts)


@settings(deadline=None, max_examples=80)
@given(COUNTS)
def test_the_best_split_by_brute_force(counts: list[int]) -> None:
    shift = rate_shift(np.array(counts, np.float64))
    assert np.isfinite(shift).all() and shift.gain >= 0
    if len(counts) < 2:
        assert shift == Shift(0, 0.0, 0.0)
        return
    gains = {at: gain(counts, at) for at in range(1, len(counts))}
    slack = 1e-9 * max(1.0, abs(likelihood(counts)))
    assert shift.gain == pytest.approx(max(0.0, max(gains.values())), rel=1e-6, abs=slack)
    assert gains[shift.at] >= max(gains.values()) - slack


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30), st.integers(-5, 40))
def test_a_bucket_that_is_named(counts: list[int], at: int) -> None:
    shift = rate_shift(np.array(counts, np.float64), at)
    split = min(max(at, 1), len(counts) - 1)
    assert shift.at == split
    assert shift.gain == pytest.approx(max(gain(counts, split), 0.0), rel=1e-6, abs=1e-6)
    rates = [(sum(part) + HALF) / (len(part) + HALF) for part in (counts[:split], counts[split:])]
    assert shift.log_ratio == pytest.approx(math.log(rates[1] / rates[0]))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30))
def test_backwards_it_is_the_other_way_round(counts: list[int]) -> None:
    for at in (1, len(counts) // 2 or 1, len(counts) - 1):
        there = rate_shift(np.array(counts, np.float64), at)
        back = rate_shift(np.array(counts[::-1], np.float64), len(counts) - at)
        assert there.gain == pytest.approx(back.gain, abs=1e-6)
        assert there.log_ratio == pytest.approx(-back.log_ratio)


def test_a_step_is_found_where_it_is_and_a_constant_says_nothing() -> None:
    shift = rate_shift(np.array([2.0] * 12 + [20.0] * 8))
    assert shift.at == 12 and shift.gain > 50 and shift.log_ratio == pytest.approx(math.log(10), abs=0.1)
    assert rate_shift(np.array([20.0] * 8 + [0.0] * 12)).log_ratio < -3
    assert rate_shift(np.full(20, 7.0)).gain == pytest.approx(0.0, abs=1e-9)
    assert rate_shift(np.zeros(20)).gain == 0.0
