from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from octad.records.base import Record, reason_of
from octad.records.change import Change, FileChange
from octad.records.code import Code, LineRange
from octad.records.events import Event, Events
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.report import (
    Anchor,
    Block,
    Evidence,
    Faithfulness,
    Finding,
    Repair,
    Report,
    Skipped,
    Suppressed,
)
from octad.records.series import Series
from octad.records.text import Text

PLACE = Anchor(path="a.py", line=1, end_line=1, end_column=2)
CODE = Code(path="ü.py", text="x = '\u202e'\n", changed=(LineRange(first=1, last=1),), flags=("bidi",))
FINDING = Finding(
    rule="bug/x",
    level="error",
    message="m",
    probability=0.9,
    anchor=PLACE,
    evidence=(Evidence(anchor=PLACE, text="x", weight=1),),
    faithfulness=Faithfulness(comprehensiveness=0.5, sufficiency=-0.1, random=0),
    repairs=(Repair(anchor=PLACE, replacement="y", description="d", probability=0.4),),
)
RECORDS: list[Record] = [
    CODE,
    Text(text="why"),
    Change(files=(FileChange(before=None, after=CODE), FileChange(before=CODE, after=None)), revision="HEAD"),
    Events(events=(Event(time=datetime(2026, 1, 2, tzinfo=UTC), kind="dismissed", subject="bug/x"),)),
    Report(
        agent="a",
        version="1",
        findings=(FINDING,),
        skipped=(Skipped(path="b", reason="r"),),
        suppressed=(Suppressed(finding=FINDING, by="baseline", reason="r"),),
        blocks=(Block(kind="table", title="t", rows=(("a", "b"),)),),
    ),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_records_go_round_through_json(record: Record) -> None:
    assert type(record).model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_records_are_frozen_and_know_their_fields(record: Record) -> None:
    name = next(iter(type(record).model_fields))
    with pytest.raises(ValidationError):
        setattr(record, name, getattr(record, name))
    with pytest.raises(ValidationError):
        type(record).model_validate({**record.model_dump(), "unknown": 1})


def test_events_need_a_time_zone() -> None:
    with pytest.raises(ValidationError):
        Event(time=datetime(2026, 1, 2), kind="k", subject="s")


def test_reports_written_before_suppressed_existed_are_still_read() -> None:
    assert Report.model_validate_json('{"agent": "a", "version": "1"}').suppressed == ()


@pytest.mark.parametrize("times", [(1.0, 1.0), (2.0, 1.0), (1.0, float("inf")), (float("nan"), 1.0)])
def test_times_of_a_series_ascend_and_are_numbers(times: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        Series(name="cart.latency", times=times, values=(1.0, 2.0))


def test_lines_are_counted_from_one() -> None:
    for first_line in (0, -5, 10**30):
        with pytest.raises(ValidationError):
            Code(path="a.py", text="", first_line=first_line)


def test_why_json_is_no_record_is_said_without_what_stands_there() -> None:
    for text, reason in (
        ("secret", "Invalid JSON"),
        (
            '{"path": "a.py", "text": 5, "colour": "secret"}',
            "text: Input should be a valid string (and 1 more)",
        ),
    ):
        with pytest.raises(ValidationError) as raised:
            Code.model_validate_json(text)
        assert reason_of(raised.value).startswith(reason) and "secret" not in reason_of(raised.value)


@pytest.mark.parametrize("time", ["1e12", "-1e300", "NaN", "Infinity"])
def test_a_time_is_one_that_can_be_reckoned_with(time: str) -> None:
    with pytest.raises(ValidationError):
        Instant.model_validate_json(f'{{"time": {time}}}')
    with pytest.raises(ValidationError):
        Logs.model_validate_json(f'{{"start": {time}}}')
    with pytest.raises(ValidationError):
        Logs.model_validate_json(f'{{"interval": {time}}}')


def test_a_reason_may_be_empty() -> None:
    assert reason_of(ValueError()) == ""
