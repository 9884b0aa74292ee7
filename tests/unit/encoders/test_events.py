"""The newest events of a history: in the order of time, with age and kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from octad.encoders.events import KINDS, MOST, EventEncoder
from octad.records.events import Event, Events

ENCODER = EventEncoder("history")


def event(day: float, kind: str = "deployed", subject: str = "v1", **attributes: str) -> Event:
    time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return Event(time=time, kind=kind, subject=subject, attributes=attributes)


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None) is None and ENCODER.items(Events()) is None


def test_events_come_by_time_with_age_gap_and_kind() -> None:
    held = (event(4, "rolled-back"), event(0, message="Ship it", service="cart"), event(1, "feast"))
    found = ENCODER.items(Events(events=held))
    assert found is not None
    assert found.texts == ("deployed Ship it", "feast v1", "rolled-back v1")
    assert found.subjects == ("cart", "", "") and found.links == (("v1",),) * 3
    assert found.edges.tolist() == [[0, 1, 0], [1, 2, 0]]
    kinds, other, age, gap = np.split(found.numbers, [len(KINDS), len(KINDS) + 1, len(KINDS) + 2], axis=1)
    assert [[KINDS[i] for i in np.flatnonzero(row)] for row in kinds] == [["deployed"], [], ["rolled-back"]]
    assert other[:, 0].tolist() == [0, 1, 0]
    assert age[:, 0] == pytest.approx(np.log1p([4, 3, 0]) / 5)
    assert gap[:, 0] == pytest.approx(np.log1p([0, 1, 3]) / 5)
    assert found.numbers.shape[1] == ENCODER.size


def test_order_does_not_matter_and_the_newest_are_kept() -> None:
    held = tuple(event(i, subject=f"v{i}") for i in range(MOST + 5))
    there, back = ENCODER.items(Events(events=held)), ENCODER.items(Events(events=held[::-1]))
    assert there is not None and back is not None
    assert there.names == back.names == tuple(f"deployed v{i}" for i in range(5, MOST + 5))
    np.testing.assert_array_equal(there.numbers, back.numbers)


def test_one_event_has_no_edge() -> None:
    found = ENCODER.items(Events(events=(event(0),)))
    assert found is not None and found.edges.shape == (0, 3) and np.isfinite(found.numbers).all()
