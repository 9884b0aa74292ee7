"""What comes of questions, counted by unit: one vote in a window, one in a burst, shares, pairs."""

from __future__ import annotations

import numpy as np
import pytest

from octad.rollout import collect
from octad.rollout.collect import FEWEST, Answer, Collector
from octad.rollout.plan import Observation
from tests.unit.rollout.world import plan


def gathered(collector: Collector) -> Observation:
    return collector.drained()


def test_one_vote_of_a_key_in_a_window() -> None:
    collector = Collector(plan(burst=0.0, window=300.0))
    for at in range(50):
        collector.answered(Answer(True, True), "shop", 0.25, float(at))
    seen = gathered(collector)
    assert seen.measured == {"failed": (0, 1)} and seen.bad == {"failed": (0, 1)}
    assert [(one.stable, one.candidate) for one in (*seen.votes, *seen.routed)] == [(0, 1), (0, 1)]
    collector.answered(Answer(True, True), "shop", 0.25, 301.0)
    assert gathered(collector).bad == {"failed": (0, 1)}


def test_a_question_without_a_key_is_its_own_unit() -> None:
    collector = Collector(plan(burst=0.0))
    for at in range(5):
        collector.answered(Answer(True, True), "", 0.25, float(at))
    assert gathered(collector).votes[0].candidate == 5


def test_a_burst_in_either_arm_is_one_vote_but_all_of_it_is_counted() -> None:
    collector = Collector(plan(burst=1.0))
    for at in range(10):
        collector.answered(Answer(at > 0, True), "", 0.25, at / 100)
    seen = gathered(collector)
    assert [(one.stable, one.candidate) for one in seen.votes] == [(1, 0)] and seen.bad["failed"] == (1, 9)


def test_slow_is_beyond_most_of_the_stable_version() -> None:
    collector = Collector(plan(burst=0.0))
    collector.answered(Answer(True, False, 9.0), "", 0.25, 0.0)
    assert "slow" not in gathered(collector).measured  # nobody knows yet what is slow
    for at in range(FEWEST):
        collector.answered(Answer(False, False, 0.1), "", 0.25, float(at))
    gathered(collector)
    for seconds in (0.05, 0.2, float("nan")):
        collector.answered(Answer(True, False, seconds), "", 0.25, 100.0)
    seen = gathered(collector)
    assert seen.measured["slow"] == (0, 2) and seen.bad["slow"] == (0, 1)


def test_what_says_nothing_of_the_version_is_not_measured() -> None:
    collector = Collector(plan())
    collector.answered(Answer(True, None), "", 0.25, 0.0)
    collector.answered(Answer(True, False, 0.0, is_cached=True), "", 0.25, 0.0)
    seen = gathered(collector)
    assert seen.measured == {} and seen.order == "" and seen.routed[0].candidate == 2


def test_shares_are_those_of_what_is_run_where_a_cache_answers() -> None:
    """The old version finds most in its cache: of what is run, more is of the candidate than of all."""
    rng = np.random.default_rng(0)
    collector = Collector(plan(burst=0.0))
    for at in range(4_000):
        own = bool(rng.random() < 0.1)
        cached = not own and rng.random() < 0.8
        collector.answered(Answer(own, False, 0.1, is_cached=cached), "", 0.1, float(at))
    gathered(collector)
    collector.answered(Answer(True, True), "", 0.1, 4_001.0)
    assert gathered(collector).votes[0].share == pytest.approx(0.1 / (0.1 + 0.9 * 0.2), abs=0.05)


def test_pairs_tell_where_the_two_differ() -> None:
    collector = Collector(plan(burst=0.0))
    for stable, candidate in ((True, True), (False, True), (False, False), (True, False), (False, True)):
        collector.paired(Answer(False, stable, 0.1), Answer(True, candidate, 0.1), "", 0.0)
    seen = gathered(collector)
    assert seen.measured["failed"] == (5, 5) and seen.bad["failed"] == (2, 3)
    assert [(one.share, one.stable, one.candidate) for one in seen.votes] == [(0.5, 1, 2)]
    assert seen.routed == () and seen.order == "SCsCscScsC"


def test_units_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MOST", 10)
    collector = Collector(plan())
    for at in range(100):
        collector.answered(Answer(False, False, 0.1), f"key {at}", 0.25, 0.0)
    assert len(collector._units) == 10 and gathered(collector).measured["failed"][0] == 100


def test_sticky_traffic_without_votes_by_unit_would_be_wrong() -> None:
    """The control: half of the failures come from one customer, who is either here or there."""

    def harmful(keyed: bool, runs: int = 20) -> int:
        count = 0
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            collector = Collector(plan(burst=0.0, window=1_000.0))
            own = rng.random(20) < 0.25
            for at in range(2_000):
                customer = int(rng.integers(20))
                failed = bool(rng.random() < (0.3 if customer == 0 else 0.01))
                key = f"{customer}" if keyed else ""
                collector.answered(Answer(bool(own[customer]), failed, 0.1), key, 0.25, at / 10)
            seen = gathered(collector)
            count += any(one.candidate > 3 * max(one.stable, 1) for one in seen.votes)
        return count

    assert harmful(keyed=True) == 0 < harmful(keyed=False)


def test_while_the_stable_version_fails_as_well_failures_are_no_evidence() -> None:
    """An outage of both would refute that the candidate is worse; it is left out by what was known before."""
    collector = Collector(plan(burst=0.0))
    for at in range(40):
        collector.answered(Answer(at % 2 == 1, True), "", 0.5, float(at))
    seen = gathered(collector)
    assert seen.bad["failed"] == (20, 20) and sum(one.stable + one.candidate for one in seen.votes) == 5
    for at in range(20):
        collector.answered(Answer(False, False, 0.1), "", 0.5, 100.0 + at)
    collector.answered(Answer(True, True), "", 0.5, 200.0)
    assert [(one.stable, one.candidate) for one in gathered(collector).votes] == [(0, 1)]
