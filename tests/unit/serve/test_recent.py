"""The last hour in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from octad.serve.recent import BUCKET_S, KEPT_S, MOST_NAMES, OTHER, Recent, total
from tests.unit.serve.parts import ASKING, answered


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def asked(recent: Recent, seconds: float = 0.04, code: str = "") -> None:
    recent.seen(ASKING, replace(answered(code), waited=0.0, ran=seconds))


def test_percentiles_are_right_within_a_step() -> None:
    recent = Recent(Clock())
    for number in range(1, 1_001):
        asked(recent, number / 1_000)
    found = total(recent.over(60).values()).percentiles
    for value, wanted in zip(found, (0.5, 0.95, 0.99), strict=True):
        assert value == pytest.approx(wanted, rel=0.06)
    assert total([]).percentiles == (None, None, None)


def test_latencies_beyond_all_measure_are_counted_at_the_ends() -> None:
    recent = Recent(Clock())
    for seconds in (0.0, -1.0, 1e9):
        asked(recent, seconds)
    assert total(recent.over(60).values()).latency.sum() == 3


def test_what_is_older_than_an_hour_is_forgotten() -> None:
    clock = Clock()
    recent = Recent(clock)
    asked(recent)
    clock.now += KEPT_S / 2
    asked(recent, code="server.internal")
    assert total(recent.over(KEPT_S).values()).asked == 2
    assert total(recent.over(60).values()).failed == 1
    clock.now += KEPT_S / 2 + 3 * BUCKET_S
    assert total(recent.over(KEPT_S).values()).asked == 1
    for _ in range(2_000):
        clock.now += BUCKET_S
        asked(recent)
    assert total(recent.over(10 * KEPT_S).values()).asked <= KEPT_S / BUCKET_S + 1


def test_a_series_holds_each_answer_once_and_none_of_the_bucket_that_is_not_over() -> None:
    clock = Clock()
    recent = Recent(clock)
    for _ in range(30):
        asked(recent)
        clock.now += BUCKET_S
    assert sum(one.asked for one in recent.series(60, 60)) == 30
    assert [one.asked for one in recent.series(60, 5)] == [6] * 5
    asked(recent)
    assert sum(one.asked for one in recent.series(60, 60)) == 30


def test_names_are_bounded() -> None:
    recent = Recent(Clock())
    for number in range(3 * MOST_NAMES):
        recent.seen(replace(ASKING, agent=f"a{number}"), answered())
    found = recent.over(60)
    assert len(found) == MOST_NAMES + 1 and found[OTHER].asked == 2 * MOST_NAMES


def test_a_refusal_is_no_failure_of_the_server() -> None:
    recent = Recent(Clock())
    asked(recent, code="request.case")
    tally = total(recent.over(60).values())
    assert (tally.failed, tally.codes["request.case"]) == (0, 1)
