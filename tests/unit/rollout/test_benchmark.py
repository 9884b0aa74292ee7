"""The simulation of rollouts, small: that it follows the rules of the product, and what it says."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import rollouts
from octad.rollout.evidence import rarer
from octad.rollout.state import REFUTED

RULES = dict(rollouts.RULES)


def shares(name: str, traffic: rollouts.Traffic, runs: int = 200) -> tuple[float, float]:
    state = rollouts.simulate(traffic, (name, RULES[name]), runs, 12_000, 1)
    return float(state.back.mean()), float(state.on.mean())


@pytest.mark.parametrize("name", ["ours", "ours, one metric"])
def test_ours_keeps_its_promise_and_simple_rules_do_not(name: str) -> None:
    assert shares(name, rollouts.Traffic(0.03))[0] <= 0.03
    back, on = shares(name, rollouts.Traffic(0.03, 5))
    assert (back, on) == (1.0, 0.0)


def test_simple_rules_take_back_what_does_no_harm() -> None:
    for name in ("five failures", "z-test", "fixed threshold"):
        assert shares(name, rollouts.Traffic(0.03))[0] > 0.1


def test_traps_are_traps() -> None:
    assert rollouts.sticky(100, 0, by_unit=True, redrawn=True) <= 0.04
    assert rollouts.sticky(100, 0, by_unit=False, redrawn=False) > 0.1
    assert rollouts.bursts(100, 0, as_one=True) <= 0.04 < rollouts.bursts(100, 0, as_one=False)
    assert rollouts.changing(100, 0, told=True, looks=400) <= 0.04
    assert rollouts.changing(100, 0, told=False, looks=400) > 0.1


def test_rare_is_what_the_product_calls_rare() -> None:
    answers, failed = np.array([200, 700, 700, 5_000]), np.array([0, 0, 3, 10])
    expected = [rarer(int(n), int(k), 0.005) >= REFUTED for n, k in zip(answers, failed, strict=True)]
    assert rollouts._rare(answers, failed, 0.005).tolist() == expected and len(set(expected)) == 2


def test_a_broken_promise_is_seen() -> None:
    good = ("1 % x 1", "ours", "0.5 %", "99.0 %")
    assert rollouts.broken([good], [("ours: so", "0.9 %")]) == []
    assert rollouts.broken([("1 % x 1", "ours", "1.2 %", "98.0 %")], []) == ["1 % x 1, ours"]
    assert rollouts.broken([("1 % x 2", "ours", "90.0 %", "6.0 %")], []) == ["1 % x 2, ours"]
    assert rollouts.broken([], [("ours: so", "1.1 %")]) == ["ours: so"]
