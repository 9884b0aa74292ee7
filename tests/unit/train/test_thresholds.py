"""Thresholds keep the promise about clean code that they are chosen for."""

from __future__ import annotations

import numpy as np

from octad.train.thresholds import CHANGES, Promise, Sample, choose

RULES = ("bug/seen", "bug/hopeless")
SHARES = {"bug/seen": 0.5, "bug/hopeless": 0.5}


def samples(seed: int = 0) -> tuple[Sample, Sample]:
    """One rule whose right findings score higher than wrong ones, one whose do not."""
    random = np.random.default_rng(seed)
    right = {"bug/seen": list(random.beta(8, 1, 400)), "bug/hopeless": list(random.random(400))}
    wrong = {"bug/seen": list(random.beta(1, 8, 900)), "bug/hopeless": list(random.random(900))}
    none: dict[str, list[float]] = {rule: [] for rule in RULES}
    planted = Sample(right, none, dict.fromkeys(RULES, 400), 10_000, 800)
    return planted, Sample(none, wrong, dict.fromkeys(RULES, 0), 100_000, 9_000)


def alarms(chosen: dict[str, float], clean: Sample) -> int:
    return sum(sum(p >= chosen[rule] for p in clean.wrong[rule]) for rule in chosen)


def test_alarms_on_clean_code_stay_below_the_promise() -> None:
    planted, clean = samples()
    for promise in (0.05, 0.25, 1.0):
        chosen, _ = choose(planted, clean, SHARES, Promise(0.01, promise))
        assert alarms(chosen, clean) <= promise * clean.lines / 1000


def test_a_rule_that_cannot_tell_right_from_wrong_is_silent() -> None:
    chosen, precisions = choose(*samples(), SHARES, Promise(0.01, 0.05))
    assert set(chosen) == {"bug/seen"} == set(precisions)
    assert 0 < precisions["bug/seen"] <= 1


def test_more_alarms_show_no_less() -> None:
    planted, clean = samples()
    strict, _ = choose(planted, clean, SHARES, Promise(0.01, 0.05))
    loose, _ = choose(planted, clean, SHARES, Promise(0.01, 2.0))
    assert loose["bug/seen"] <= strict["bug/seen"]


def test_a_rarer_bug_needs_a_higher_threshold() -> None:
    planted, clean = samples()
    often, _ = choose(planted, clean, {"bug/seen": 1.0}, Promise(0.01, 0.25))
    rarely, _ = choose(planted, clean, {"bug/seen": 0.01}, Promise(0.01, 0.25))
    assert rarely.get("bug/seen", 1.0) >= often["bug/seen"]


def test_a_change_hears_more_than_released_code() -> None:
    planted, clean = samples()
    files = choose(planted, clean, SHARES, Promise(0.01, 0.05))[0]
    changes = choose(planted, clean, SHARES, CHANGES)[0]
    assert set(files) <= set(changes)
    assert changes["bug/seen"] < files["bug/seen"]
    assert alarms(files, clean) <= 0.05 * clean.lines / 1000
    assert alarms(changes, clean) <= CHANGES.alarms * clean.lines / 1000


def test_too_few_right_findings_are_luck() -> None:
    planted, clean = samples()
    few = planted._replace(
        right={**planted.right, "bug/seen": [0.999] * 3}, called={"bug/seen": 3, "bug/hopeless": 400}
    )
    chosen, _ = choose(few, clean, SHARES, Promise(0.01, 0.05))
    assert "bug/seen" not in chosen
