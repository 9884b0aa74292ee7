"""Thresholds keep the promise about what holds nothing to find that they are chosen for."""

from __future__ import annotations

import numpy as np

from octad.calibration.promise import Promise
from octad.calibration.thresholds import FEWEST, LEAST, Sample, choose, is_enough

SEEN, HOPELESS = "bug/seen", "bug/hopeless"
RELEASED, CHANGE = Promise(alarms=0.05, prior=0.01), Promise(alarms=1.0, prior=0.04)


def sample(seed: int = 0, *, seen: int = 400, hopeless: int = 400) -> Sample:
    """One rule whose right findings score higher than wrong ones, one whose do not."""
    random = np.random.default_rng(seed)
    made = Sample()
    for number in range(seen):
        made.add({(SEEN, number): float(random.beta(8, 1))}, [], 10)
    for number in range(hopeless):
        made.add({(HOPELESS, number): float(random.random())}, [], 10)
    for number in range(9_000):
        wrong = [(SEEN, float(random.beta(3, 4))), (HOPELESS, float(random.random()))]
        made.add({}, wrong if number % 10 == 0 else [], 100_000 / 9_000)
    return made


def alarms(chosen: dict[str, float], held: Sample) -> int:
    return sum(sum(p >= chosen[rule] for p in held.alarms[rule]) for rule in chosen)


def test_alarms_where_nothing_is_wrong_stay_below_the_promise() -> None:
    held = sample()
    for most in (0.05, 0.25, 1.0):
        chosen, _ = choose(held, Promise(alarms=most, prior=0.01))
        assert alarms(chosen, held) <= most * held.exposure / 1000


def test_a_rule_that_cannot_tell_right_from_wrong_is_silent() -> None:
    chosen, precisions = choose(sample(), RELEASED)
    assert set(chosen) == {SEEN} == set(precisions)
    assert 0 < precisions[SEEN] <= 1


def test_more_alarms_show_no_less() -> None:
    held = sample()
    strict, _ = choose(held, RELEASED)
    loose, _ = choose(held, Promise(alarms=2.0, prior=0.01))
    assert loose[SEEN] <= strict[SEEN]


def test_a_rarer_bug_needs_a_higher_threshold() -> None:
    often, _ = choose(sample(hopeless=4), Promise(alarms=0.25, prior=0.01))
    rarely, _ = choose(sample(seen=40, hopeless=4_000), Promise(alarms=0.25, prior=0.01))
    assert rarely.get(SEEN, 1.0) >= often[SEEN]


def test_more_is_said_of_a_change_than_of_released_code() -> None:
    held = sample()
    files, changes = (choose(held, promise)[0] for promise in (RELEASED, CHANGE))
    assert set(files) <= set(changes)
    assert changes[SEEN] < files[SEEN]
    assert alarms(files, held) <= RELEASED.alarms * held.exposure / 1000
    assert alarms(changes, held) <= CHANGE.alarms * held.exposure / 1000


def test_too_few_right_findings_are_luck() -> None:
    held = sample()
    held.right[SEEN] = [0.999] * (FEWEST - 1)
    held.called[SEEN] = FEWEST - 1
    assert SEEN not in choose(held, RELEASED)[0]


def test_what_is_more_likely_wrong_than_right_is_not_said() -> None:
    held = Sample()
    for number in range(100):
        held.add({(SEEN, number): LEAST - 0.01}, [], 1)
    assert choose(held, Promise(alarms=1000)) == ({}, {})


def test_at_the_share_of_the_cases_themselves_mistaken_findings_count() -> None:
    """Beside what was to be found they are no alarm, but they are wrong."""
    beside, alone = Sample(), Sample()
    for number in range(100):
        beside.add({(SEEN, number): 0.9}, [(SEEN, 0.9)], 1)
        alone.add({(SEEN, number): 0.9}, [], 1)
    (_, mistaken), (_, clean) = (choose(held, Promise(alarms=10)) for held in (beside, alone))
    assert mistaken[SEEN] == 100 / 200.5 and clean[SEEN] == 100 / 100.5


def test_a_case_is_counted_once() -> None:
    held = Sample()
    held.add({(SEEN, 3): 0.7, (SEEN, 9): 0.0}, [(HOPELESS, 0.2)], 12)
    held.add({}, [(HOPELESS, 0.3)], 30)
    assert (held.cases, held.clean, held.exposure) == (2, 1, 30)
    assert held.called == {SEEN: 2} and held.right == {SEEN: [0.7, 0.0]}
    assert held.mistaken == {HOPELESS: [0.2]} and held.alarms == {HOPELESS: [0.3]}
    assert held.rules() == [HOPELESS, SEEN]


def test_one_alarm_must_fit_into_the_promise() -> None:
    held = Sample(exposure=3_999)
    assert not is_enough(held, Promise(alarms=0.25))
    held.exposure = 4_000
    assert is_enough(held, Promise(alarms=0.25))
