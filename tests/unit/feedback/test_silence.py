"""When a rule is silenced, and how often it should not have been."""

from __future__ import annotations

import random

import pytest

from benchmarks.feedback import SHARES, TESTS, rows, simulated
from octad.feedback.silence import ENOUGH, Tally, evidence, is_mostly_dismissed


def test_the_evidence_is_the_mixture_that_it_says_it_is() -> None:
    """Against the integral over approvals below one half, added up in small steps."""
    for approved, dismissed in ((0, 0), (0, 7), (3, 2), (2, 9), (10, 10)):
        steps = 20_000
        likelihoods = (
            (q := (step + 0.5) / steps / 2) ** approved * (1 - q) ** dismissed for step in range(steps)
        )
        mean = sum(likelihoods) / steps * 2 ** (approved + dismissed)
        assert evidence(Tally(approved, dismissed)) == pytest.approx(mean, rel=1e-6)


def test_seven_in_a_row_are_enough_and_six_are_not() -> None:
    assert not is_mostly_dismissed(Tally(0, 6)) and is_mostly_dismissed(Tally(0, 7))
    assert not is_mostly_dismissed(Tally(1, 8)) and is_mostly_dismissed(Tally(1, 11))
    assert not is_mostly_dismissed(Tally()) and not is_mostly_dismissed(Tally(50, 50))


def test_many_verdicts_are_no_overflow() -> None:
    assert evidence(Tally(0, 2_000)) == float("inf") and is_mostly_dismissed(Tally(0, 2_000))
    assert evidence(Tally(2_000, 0)) < 1e-3


def test_a_rule_of_which_half_are_approved_is_seldom_ever_silenced() -> None:
    """Looked at after every one of 100 verdicts; 1 / ENOUGH is promised for any number of them."""
    draw, runs = random.Random(0), 400
    ever = 0
    for _ in range(runs):
        approved = 0
        for count in range(1, 101):
            approved += draw.random() < 0.5
            if is_mostly_dismissed(Tally(approved, count - approved)):
                ever += 1
                break
    assert ever / runs <= 1 / ENOUGH


def test_the_simulation_that_chose_the_test() -> None:
    """A small run of `benchmarks/feedback.py`: an interval, looked at as often, silences far more."""
    found = simulated(runs=300, most=60)
    chosen, interval = f"evidence >= {ENOUGH} (in use)", "Wilson < .5, 10 or more"
    assert set(found[chosen, 0.0]) == {7}
    ever = {name: sum(map(bool, found[name, 0.5])) / 300 for name in (chosen, interval)}
    assert ever[chosen] <= 0.05 and 2 * ever[chosen] < ever[interval]
    assert len(rows(found)) == 2 + len(TESTS) and all(
        row.count("|") == 2 + len(SHARES) for row in rows(found)
    )
