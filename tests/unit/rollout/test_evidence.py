"""Evidence from where bad events come: how often it is wrong, and that it is what it says."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from octad.rollout.evidence import RATIOS, Tally, against, harm, harm_in, harm_of, likelihoods, rarer


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5])
def test_likelihoods_are_chances(share: float) -> None:
    chances = np.exp(likelihoods(share))
    np.testing.assert_allclose(chances.sum(0), 1)
    np.testing.assert_allclose(chances[1, RATIOS.index(1.0)], share)
    assert chances[1, RATIOS.index(2.0)] == pytest.approx(2 * share / (1 + share))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_an_arm_alone_tells_nothing(share: float) -> None:
    assert not likelihoods(share).any()


@pytest.mark.parametrize("shares", [(0.05, 0.25, 0.5), (0.5, 0.5, 0.05)])
def test_the_mean_of_the_evidence_of_no_harm_is_one(shares: tuple[float, ...]) -> None:
    """Over all that can happen, with the chances that it has without harm: a fair bet at every share."""
    mean = 0.0
    for arms in product((0, 1), repeat=len(shares)):
        chance = math.prod(share if arm else 1 - share for arm, share in zip(arms, shares, strict=True))
        log = sum((likelihoods(share)[arm] for arm, share in zip(arms, shares, strict=True)), np.zeros(1))
        mean += chance * math.exp(float(harm(log)))
    assert mean == pytest.approx(1)


@pytest.mark.parametrize("ratio", [2.0, 3.0, 20.0])
def test_the_evidence_against_twice_as_bad_is_no_more_than_fair(ratio: float) -> None:
    share = 0.25
    chance = share * ratio / (share * ratio + 1 - share)
    gains = np.exp([float(against(one, 2)) for one in likelihoods(share)])
    assert (1 - chance) * gains[0] + chance * gains[1] <= 1 + 1e-12


def test_evidence_adds_up_in_any_order() -> None:
    one = Tally().with_votes(0.25, 3, 1).with_votes(0.5, 2, 2)
    other = Tally().with_votes(0.5, 2, 2).with_votes(0.25, 3, 1)
    np.testing.assert_allclose(one.log, other.log)
    assert one.votes == (5, 3)


def test_much_of_one_arm_is_harm_and_much_of_the_other_refutes_it() -> None:
    bad, good = Tally().with_votes(0.25, 5, 40), Tally().with_votes(0.25, 60, 5)
    assert float(harm(np.array(bad.log))) > math.log(100) > float(harm(np.array(good.log)))
    assert float(against(np.array(good.log), 2)) > math.log(20) > float(against(np.array(bad.log), 2))


def test_an_unknown_factor_is_refused() -> None:
    with pytest.raises(ValueError, match="no factor"):
        against(np.zeros(len(RATIOS)), 4)
    with pytest.raises(ValueError, match="no factor"):
        against(np.zeros(len(RATIOS)), 1.25)


def test_the_mean_over_metrics_counts_those_that_say_nothing() -> None:
    loud = Tally().with_votes(0.25, 5, 40)
    alone, among = harm_of({"failed": loud}, ("failed",)), harm_of({"failed": loud}, ("failed", "slow"))
    assert among == pytest.approx(np.logaddexp(alone, 0) - math.log(2))
    assert harm_of({}, ()) == 0


def test_rare_events_need_about_three_times_one_by_the_rate() -> None:
    least = next(n for n in range(10_000) if rarer(n, 0, 0.005) >= math.log(20))
    assert 600 <= least <= 900
    assert rarer(10_000, 50, 0.005) < math.log(20) and rarer(100, 0, 0.0) == -math.inf
    assert rarer(3, 4, 0.005) == -math.inf


def test_harmless_candidates_are_rarely_called_harmful_at_any_look() -> None:
    """The controls: half of the share that there is, and a version that should be better, make it wrong."""

    def wrong(told: float, tolerated: float = 1.0) -> float:
        rng = np.random.default_rng(3)
        own = rng.random((1_000, 600)) < 0.25
        log = likelihoods(told)[own.astype(int)].cumsum(1)
        return float((harm(log, tolerated) >= math.log(100)).any(1).mean())

    assert wrong(0.25) <= 0.01
    assert wrong(0.125) > 0.5
    assert wrong(0.25, 0.5) > 0.5


def test_a_little_slower_is_no_harm_and_a_little_more_failures_is() -> None:
    """Of many votes at a share of one half, 1.2 times as many; twice as many is harm of either kind."""
    rather = Tally().with_votes(0.5, 20_000, 24_000)
    assert harm_in("failed", rather) > math.log(100) > 0 > harm_in("slow", rather)
    twice = Tally().with_votes(0.5, 100, 200)
    assert min(harm_in("failed", twice), harm_in("slow", twice)) > math.log(100)
