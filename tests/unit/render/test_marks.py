from __future__ import annotations

from octad.render.axis import axis_of
from octad.render.marks import Row, kinds_of, origin_of, rows_of, weightiest
from tests.unit.render.timelines import ODD, STEP, block, mark


def rows_for(name_or_block: object) -> list[Row]:
    one = ODD[name_or_block] if isinstance(name_or_block, str) else block(marks=STEP.marks)
    axis = axis_of(one)
    assert axis is not None
    return rows_of(one, axis)


def test_offsets_are_from_the_incident_or_else_from_the_first_mark() -> None:
    assert [row.offset for row in rows_for(STEP)] == ["−5 min 30 s", "−4 min 30 s", "−3 min 30 s", "0 s"]
    assert origin_of(STEP) == "incident"
    assert [row.offset for row in rows_for("no curves")] == ["0 s", "+1 min"]
    assert origin_of(ODD["no curves"]) == "first mark"


def test_title_says_everything() -> None:
    first = rows_for(STEP)[0]
    assert first.title == "09:28:00 UTC · −5 min 30 s · change · cart: deploy 4f2a91c · evidence 60 %"


def test_small_weights_are_not_said_to_be_none() -> None:
    assert {row.weight for row in rows_for("many marks")} == {"", "<1 %", "1 %"}


def test_marks_without_a_time_come_last() -> None:
    rows = rows_for("no time")
    assert [(row.text, row.clock, row.share) for row in rows] == [
        ("restarted", "09:01:00", 1.0),
        ("lost", "no time", None),
    ]


def test_incidents_and_heavy_marks_are_kept_in_the_order_of_time() -> None:
    one = block([], [mark(1, weight=0.1), mark(2, weight=0.5), mark(3), mark(4, "incident")])
    axis = axis_of(one)
    assert axis is not None
    assert [row.number for row in weightiest(rows_of(one, axis), 2)] == [2, 4]
    assert kinds_of(one.marks) == {"event": 3, "incident": 1}
