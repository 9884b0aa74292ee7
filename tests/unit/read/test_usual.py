"""A usual period: what counts is the period, moved to end where the incident begins, and what came since."""

from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.read.usual import Usual, usual_of
from octad.records.instant import Instant
from octad.records.logs import LogLine
from octad.records.series import Series, SeriesSet
from octad.records.skipped import Skipped

SAID = Skipped(path="m.csv", reason="said")
USUAL = Usual(100.0, 160.0, 400.0)


def test_the_period_ends_where_the_incident_begins() -> None:
    series = Series(
        name="cart.cpu",
        times=(90.0, 100.0, 150.0, 160.0, 390.0, 400.0, 410.0),
        values=(9.0, 1.0, 2.0, 9.0, 9.0, 3.0, None),
        lines=(1, 2, 3, 4, 5, 6, 7),
    )
    found = USUAL.metrics(SeriesSet(series=(series,), skipped=(SAID,)))
    assert found is not None and found.skipped == (SAID,)
    (one,) = found.series
    assert (one.times, one.values, one.lines) == (
        (340.0, 390.0, 400.0, 410.0), (1.0, 2.0, 3.0, None), (2, 3, 6, 7),
    )  # fmt: skip
    Series.model_validate(one.model_dump())
    assert USUAL.metrics(None) is None
    with pytest.raises(InputError, match="nothing was measured in that period"):
        Usual(0.0, 50.0, 400.0).metrics(SeriesSet(series=(series,)))


def test_lines_between_are_left_out_and_those_without_a_time_stay() -> None:
    lines = [LogLine(time, "cart", "info", "said", 1) for time in (50.0, 120.0, 200.0, 400.0, None)]
    assert [line.time for line in USUAL.lines(lines)] == [360.0, 400.0, None]


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("100..160", None, "--usual needs --at"),
        ("100", 400.0, "is no period"),
        ("100..then", 400.0, "is no period"),
        ("100..160..200", 400.0, "is no period"),
        ("160..100", 400.0, "does not end before --at"),
        ("100..500", 400.0, "does not end before --at"),
    ],
)
def test_what_is_no_period_before_the_incident_is_said(text: str, at: float | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        usual_of(text, None if at is None else Instant(time=at))


def test_a_period_is_named_by_two_times() -> None:
    at = Instant(time=1_769_865_000.0)
    found = usual_of("2026-01-31T12:00:00Z..2026-01-31T12:30:00Z", at)
    assert found == Usual(1_769_860_800.0, 1_769_862_600.0, at.time)
    assert usual_of("", None) is None
