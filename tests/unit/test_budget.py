"""A budget is counted by a clock that the test moves, so that nothing here takes time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from octad.budget import FOR_WORK, Budget, Threads, current, running


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_without_a_budget_nothing_is_limited() -> None:
    assert current().spent() == "" and current().seconds_left(30) == 30
    assert current().seconds_left() == float("inf")


def test_work_ends_before_the_deadline_and_says_so() -> None:
    clock = Clock()
    budget = Budget(100, clock=clock)
    assert budget.seconds_left() == 100 * FOR_WORK and budget.seconds_left(7) == 7
    clock.now += 100 * FOR_WORK - 1
    assert budget.seconds_left(7) == pytest.approx(1) and budget.spent() == ""
    clock.now += 1
    assert budget.seconds_left(7) == 0 and budget.spent() == "the deadline of 100 s was reached"


def test_memory_is_limited_too_and_what_was_spent_stays_so() -> None:
    held = [10.0]
    budget = Budget(megabytes=64, peak=lambda: held[0])
    held[0] = 74
    assert budget.spent() == budget.reached == ""
    held[0] = 75
    assert budget.spent() == "the limit of 64 MB of memory was reached"
    held[0] = 10
    assert budget.spent() == budget.reached != ""


def test_what_the_process_held_before_is_no_part_of_the_run() -> None:
    assert Budget(megabytes=64, peak=lambda: 5_000.0).spent() == ""


def test_nothing_and_zero_are_no_limits() -> None:
    clock = Clock()
    budget = Budget(5, 5, clock=clock, peak=lambda: 1e9)
    budget.limit(0, None)
    clock.now += 1e9
    assert budget.spent() == ""


def test_a_budget_holds_in_its_threads_and_ends_with_its_run() -> None:
    with running(Budget(5)) as budget, Threads(2) as pool:
        assert list(pool.map(lambda _: current() is budget, range(4))) == [True] * 4
    assert current() is not budget


def test_memory_is_measured() -> None:
    program = """
from octad.budget import peak_megabytes
before = peak_megabytes()
held = b"x" * int(6e7)
print(before, peak_megabytes())
"""
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    before, after = map(float, printed.split())
    assert 5 < before < 200 and before + 30 < after < before + 120
