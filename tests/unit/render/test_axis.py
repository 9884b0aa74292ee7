from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.render.axis import Axis, duration, offset
from tests.unit.render.timelines import NINE


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (0.35, "350 ms"), (1, "1 s"), (9.25, "9.25 s"), (42, "42 s"), (3_600, "1 h"),
     (3_840, "1 h 4 min"), (59.7, "1 min"), (200_000, "2 d 7 h")],
)  # fmt: skip
def test_durations_are_said_in_two_units(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_offsets_have_their_sign() -> None:
    assert [offset(seconds) for seconds in (-90, 0, 90)] == ["−1 min 30 s", "0 s", "+1 min 30 s"]


def test_axis_says_its_start_end_and_length() -> None:
    assert str(Axis(NINE, NINE + 5_400)) == "2026-03-14 09:00:00 – 10:30:00 UTC, 1 h 30 min"
    assert str(Axis(NINE, NINE + 86_400)) == "2026-03-14 09:00:00 – 2026-03-15 09:00:00 UTC, 1 d"
    assert str(Axis(NINE, NINE + 0.5)) == "2026-03-14 09:00:00.000 – 09:00:00.500 UTC, 500 ms"
    assert str(Axis(NINE, NINE)) == "2026-03-14 09:00:00 UTC"


def test_clock_is_as_fine_as_the_axis_needs() -> None:
    assert Axis(NINE, NINE + 60).clock(NINE + 1.5) == "09:00:01"
    assert Axis(NINE, NINE + 2).clock(NINE + 1.5) == "09:00:01.500"
    assert Axis(NINE, NINE + 86_400).clock(NINE) == "03-14 09:00:00"
    assert Axis(NINE, NINE + 4e7).clock(NINE) == "2026-03-14 09:00:00"


def test_ticks_are_round_times() -> None:
    assert [label for _, label in Axis(NINE + 60, NINE + 3_540).ticks(6)] == ["09:15", "09:30", "09:45"]
    assert [label for _, label in Axis(NINE, NINE + 86_400).ticks(6)] == ["12:00", "18:00", "03-15", "06:00"]
    assert [label for _, label in Axis(NINE, NINE + 0.004).ticks(6)][1] == "00:00.001"


@settings(max_examples=30)
@given(st.floats(-1e10, 1e11), st.floats(0, 1e12), st.integers(2, 12))
def test_ticks_are_few_and_on_the_axis(start: float, length: float, most: int) -> None:
    ticks = Axis(start, start + length).ticks(most)
    assert len(ticks) <= most
    assert all(0 <= share <= 1 for share, _ in ticks)
    assert ticks == sorted(ticks, key=lambda tick: tick[0])
