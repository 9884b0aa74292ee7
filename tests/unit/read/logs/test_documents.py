from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.errors import UnreadableInput
from octad.read.logs import documents
from octad.read.logs.files import read_lines
from octad.records.logs import LogLine

NOW = 1.8e9
Told = tuple[int, str, str, str]


def lines(data: str | bytes, name: str = "x.log") -> list[LogLine]:
    return list(read_lines([data.encode() if isinstance(data, str) else data], name, now=NOW))


def told(data: str | bytes, name: str = "x.log") -> list[Told]:
    return [(one.line, one.service, one.level, one.message) for one in lines(data, name)]


def call(**more: str) -> dict[str, str]:
    return {"eventTime": "2023-07-19T21:17:28Z", "eventSource": "s3.amazonaws.com", "eventName": "Put"} | more


CALLS = [
    call(),
    call(errorCode="AccessDenied", errorMessage="no"),
    call(errorCode="InternalFailure"),
    call(errorMessage="Failed authentication"),
]
EXPECTED = [
    ("s3", "info", "Put"),
    ("s3", "warning", "AccessDenied: Put no"),
    ("s3", "error", "InternalFailure: Put"),
    ("s3", "warning", "Put Failed authentication"),
]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (json.dumps({"Records": CALLS}), [1, 1, 1, 1]),
        (json.dumps({"Records": CALLS}, indent=1), [3, 8, 15, 21]),
        (json.dumps(CALLS, indent=1), [2, 7, 14, 20]),
        ("\n".join(map(json.dumps, CALLS)), [1, 2, 3, 4]),
        ("\ufeff" + json.dumps({"Records": CALLS}), [1, 1, 1, 1]),
    ],
)
def test_cloudtrail_in_every_wrapping(text: str, numbers: list[int]) -> None:
    assert told(text) == [(number, *one) for number, one in zip(numbers, EXPECTED, strict=True)]
    assert {one.time for one in lines(text)} == {1_689_801_448.0}


def export(service: str, *records: dict[str, object]) -> dict[str, object]:
    attributes = [{"key": "service.name", "value": {"stringValue": service}}]
    scopes = [{"logRecords": list(records)}]
    return {"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": scopes}]}


FAILED = {
    "timeUnixNano": "1700000000500000000",
    "severityNumber": 17,
    "body": {"stringValue": "it failed"},
    "attributes": [{"key": "exception.stacktrace", "value": {"stringValue": "Traceback\n x"}}],
}
FINE = {
    "observedTimeUnixNano": "1700000001000000000",
    "severityText": "Info",
    "body": {"stringValue": "fine"},
}


@pytest.mark.parametrize("indent", [None, 2])
def test_logs_of_opentelemetry(indent: int | None) -> None:
    both = "\n".join(json.dumps(one, indent=indent) for one in (export("cart", FAILED), export("pay", FINE)))
    found = lines(both)
    assert [(one.time, *one[1:4]) for one in found] == [
        (1_700_000_000.5, "cart", "error", "it failed\nTraceback\n x"),
        (1_700_000_001.0, "pay", "info", "fine"),
    ]
    first = json.dumps(export("cart", FAILED), indent=indent)
    assert [one.line for one in found] == [1, first.count("\n") + 2]


EVENTS = """<?xml version="1.0" encoding="utf-8"?>
<Events><Event xmlns='x'><System><Provider Name='Manager'/><EventID Qualifiers='4'>7034</EventID>
<Level>2</Level><TimeCreated SystemTime='2023-11-14T22:13:20.1234567Z'/></System>
<EventData><Data Name='param1'>Print &amp; Spool</Data></EventData></Event>
<Event><System><Provider Name="Audit"/><EventID>4625</EventID><Level>0</Level>
<Keywords>0x8010000000000000</Keywords><TimeCreated SystemTime="2023-11-14T22:13:21Z"/></System></Event>
<Event><System><Provider Name="Kernel"/><EventID>1</EventID><Level>4</Level>
<TimeCreated SystemTime="2023-11-14T22:13:22Z"/></System>
<RenderingInfo><Message>It changed</Message></RenderingInfo></Event></Events>"""
EVENTS_TOLD = [
    (2, "Manager", "error", "event 7034: param1=Print & Spool"),
    (5, "Audit", "warning", "event 4625:"),
    (7, "Kernel", "info", "It changed"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_windows_events_as_xml(encoding: str) -> None:
    assert told(EVENTS.encode(encoding)) == EVENTS_TOLD
    assert [round(one.time or 0) for one in lines(EVENTS.encode(encoding))] == [
        1_700_000_000 + second for second in range(3)
    ]


def test_windows_events_as_the_viewer_saves_them() -> None:
    text = (
        "Level,Date and Time,Source,Event ID,Task Category\r\n"
        'Error,11/14/2023 10:13:20 PM,Control,7034,None,"It\r\nended."\r\n'
        "Information,14.11.2023 22:13:21,Kernel,1,(5),It changed\r\n"
    )
    assert [(one.time, *one[1:]) for one in lines(text)] == [
        (1_700_000_000.0, "Control", "error", "It\nended.", 2, None),
        (1_700_000_001.0, "Kernel", "info", "It changed", 4, None),
    ]


@pytest.mark.parametrize(
    ("record", "service", "level", "message"),
    [
        (
            {
                "TimeCreated": "/Date(1700000000000)/",
                "LevelDisplayName": "Error",
                "ProviderName": "SCM",
                "Id": 7,
                "Message": "m",
            },
            "SCM",
            "error",
            "m",
        ),
        (
            {"EventTime": "2023-11-14 22:13:20", "Level": 3, "SourceName": "X", "EventID": 9},
            "X",
            "warning",
            "event 9",
        ),
        (
            {
                "Event": {
                    "System": {
                        "Provider": {"#attributes": {"Name": "P"}},
                        "Level": 1,
                        "EventID": {"#text": 5},
                        "TimeCreated": {"#attributes": {"SystemTime": "2023-11-14T22:13:20Z"}},
                    },
                    "EventData": {"User": "bob"},
                }
            },
            "P",
            "critical",
            "event 5: User=bob",
        ),
        (
            {
                "MESSAGE": [104, 105],
                "PRIORITY": "4",
                "_SYSTEMD_UNIT": "session-3.scope",
                "SYSLOG_IDENTIFIER": "sudo",
                "__REALTIME_TIMESTAMP": "1700000000000000",
            },
            "sudo",
            "warning",
            "hi",
        ),
    ],
)
def test_records_that_no_logger_wrote(record: object, service: str, level: str, message: str) -> None:
    [one] = lines(json.dumps(record))
    assert one[:4] == (1_700_000_000.0, service, level, message)


def test_lines_after_a_record_over_several_lines_are_lines() -> None:
    text = '{\n"msg": "x"}\n2024-01-01 10:00:00 ERROR y\n{"msg": "z"}\n'
    assert [(one[0], one[2], one[3]) for one in told(text)] == [(1, "", "x"), (3, "error", "y"), (4, "", "z")]


def test_line_with_records_in_it_is_a_line() -> None:
    assert told(json.dumps({"msg": "got it", "level": "info", "Records": [{"msg": "no"}]})) == [
        (1, "x", "info", "got it")
    ]


@pytest.mark.parametrize("text", ['{"Records": [', "<Event ", '[{"a":' * 5_000, '{\n"a": NaN, "b"', "[{}\n"])
def test_documents_that_break_off_are_read_as_lines(text: str) -> None:
    assert all(one.time is None for one in lines(text))


def test_document_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 100)
    with pytest.raises(UnreadableInput, match="document of more than"):
        lines(json.dumps({"Records": CALLS}))


BEGINS = ["[{", '{"Records":[', '{"resourceLogs":[', "<Events>", "{\n", "Level,Date and Time\n"]


@given(st.sampled_from(BEGINS), st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
@settings(max_examples=200, deadline=None)
def test_any_document_is_read(begins: str, rest: str) -> None:
    found = lines(begins + rest)
    assert all(one.line <= other.line for one, other in pairwise(found))


NAMES = [
    *("Event", "System", "Provider", "TimeCreated", "Level", "EventID", "Keywords", "EventData", "MESSAGE"),
    *("key", "value", "eventName", "eventSource", "errorCode", "resource", "attributes", "scopeLogs", "body"),
    *("logRecords", "timeUnixNano", "severityNumber", "method", "status", "request_time", "message", "time"),
]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
MARKS = ["resourceLogs", "Records", "Event", "eventName", "MESSAGE", "Provider"]


@given(st.dictionaries(st.sampled_from(MARKS), JUNK))
@settings(max_examples=200, deadline=None)
def test_records_of_any_shape_are_read(record: dict[str, object]) -> None:
    for data in (json.dumps(record), json.dumps([record, record])):
        assert all(one.line == 1 for one in lines(data))
