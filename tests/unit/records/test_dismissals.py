from __future__ import annotations

from datetime import UTC, datetime

import pytest

from octad.records.dismissals import with_dismissals
from octad.records.events import Event
from octad.records.report import Anchor, Finding

PLACE = Anchor(path="a.py", line=1, end_line=1, end_column=2)
FINDING = Finding(rule="bug/x", level="note", message="", probability=0.8, anchor=PLACE)


def event(kind: str, rule: str = "bug/x", line: str = "other") -> Event:
    return Event(time=datetime(2024, 1, 1, tzinfo=UTC), kind=kind, subject=rule, attributes={"line": line})


@pytest.mark.parametrize("events", [[], [event("accepted")], [event("dismissed", "bug/y", "x = 1")]])
def test_nothing_dismissed_changes_nothing(events: list[Event]) -> None:
    assert with_dismissals(FINDING, events, "x = 1") == FINDING


def test_dismissals_divide_the_odds_and_acceptances_give_back() -> None:
    # Odds of 4, times 2 / 4; then times 4 / 6.
    twice = [event("dismissed")] * 2
    assert with_dismissals(FINDING, twice, "x = 1").probability == pytest.approx(2 / 3)
    assert with_dismissals(FINDING, [*twice, *[event("accepted")] * 2], "x = 1").probability == pytest.approx(
        8 / 11
    )


def test_a_line_dismissed_once_stays_quiet() -> None:
    assert with_dismissals(FINDING, [event("dismissed", line="x = 1")], "    x = 1").probability == 0.0
