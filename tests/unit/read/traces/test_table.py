"""Tables of spans: columns by the names in use, units by what they must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError
from octad.read.traces.files import read_traces
from octad.records.traces import Traces
from tests.spans import T0


def read(path: Path, text: str) -> Traces:
    path.write_text(text)
    return read_traces([path])


def request(number: int, factor: float, start: int) -> list[tuple[str, str, str, int, float]]:
    """Two spans of one request: web, which waits 30 of its 50 ms for cart; durations are × factor."""
    return [
        (f"a{number}", "", "web", start, 50 * factor),
        (f"b{number}", f"a{number}", "cart", start + 10, 30 * factor),
    ]


@pytest.mark.parametrize(("unit", "factor"), [("ns", 1e6), ("us", 1e3), ("ms", 1.0), ("s", 1e-3)])
def test_the_unit_of_durations_is_told_by_when_children_begin(
    tmp_path: Path, unit: str, factor: float
) -> None:
    rows = [row for n in range(20) for row in request(n, factor, T0 // 1000 + 1000 * n)]
    text = "TraceID;SpanID;ParentID;cmdb_id;timestamp;duration\n"
    text += "".join(f"t;{i};{parent};{service};{start};{took}\n" for i, parent, service, start, took in rows)
    found = read(tmp_path / "t.csv", text)
    assert found.flags == (f"durations-in-{unit}",)
    (call,) = found.calls
    assert sum(call.at_callee.seconds) == pytest.approx(20 * 0.03)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration_ms", "50"), ("Duration (ms)", "50"), ("durationNano", "50000000"), ("elapsed_us", "50000"),
        ("latency[s]", "0.05"), ("duration_seconds", "0.05"), ("elapsedTime", "50"), ("duration", "50000"),
    ],
)  # fmt: skip
def test_the_unit_in_the_name_of_a_column_counts(tmp_path: Path, name: str, value: str) -> None:
    text = f"trace_id,span_id,parent_id,service,start_time,{name}\n"
    text += f"1,a,,web,2026-01-31T12:00:00Z,{value}\n"
    found = read(tmp_path / "t.csv", text)
    (service,) = found.services
    if name in ("elapsedTime", "duration"):
        assert found.flags == ({"elapsedTime": "durations-in-ms", "duration": "durations-in-us"}[name],)
    assert sum(service.requests.seconds) == pytest.approx(0.05)


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000])
def test_an_end_in_place_of_a_duration(tmp_path: Path, unit: int) -> None:
    start, end = T0 * 1000 // unit, (T0 + 50_000) * 1000 // unit
    text = "TraceID,SpanID,ParentID,PodName,StartTimeUnixNano,EndTimeUnixNano,Duration\n"
    text += f"1,a,root,web-5d9f8c7b6d-x2x4z,{start},{end},50000\n"
    found = read(tmp_path / "t.csv", text)
    (service,) = found.services
    assert service.name == "web" and sum(service.requests.seconds) == pytest.approx(0.05, abs=1e-3)


def test_without_kinds_the_place_of_a_span_tells_what_it_is(tmp_path: Path) -> None:
    """The step in web whose only child is cart's is the call as web sees it."""
    text = "trace,span,parent,service,start,duration_ms\n"
    text += "1,a,,web,1769860800,100\n1,b,a,web,1769860800.01,60\n1,c,b,cart,1769860800.02,40\n"
    found = read(tmp_path / "t.csv", text)
    (call,) = found.calls
    assert (sum(call.at_caller.seconds), sum(call.at_callee.seconds)) == (0.06, 0.04)
    assert {one.name: sum(one.requests.counts) for one in found.services} == {"web": 1, "cart": 1}
    assert {one.name: sum(one.own.seconds) for one in found.services} == {"web": 0.04, "cart": 0.04}


@pytest.mark.parametrize(
    ("column", "bad", "good"),
    [
        ("error", ("true", "1", "IOError"), ("false", "0", "")),
        ("success", ("false", "0"), ("true", "1", "")),
        (
            "status_code",
            ("500", "503.0", "2", "14", "Error", "STATUS_CODE_ERROR"),
            ("200", "404", "0", "Ok", "1"),
        ),
    ],
)
def test_columns_that_say_whether_it_failed(
    tmp_path: Path, column: str, bad: tuple[str, ...], good: tuple[str, ...]
) -> None:
    for values, share in ((bad, 1), (good, 0)):
        text = f"trace_id,span_id,parent_id,service,start_time,duration_ms,{column}\n"
        text += "".join(f"1,{i},,web,1769860800,5,{value}\n" for i, value in enumerate(values, 1))
        (service,) = read(tmp_path / "t.csv", text).services
        assert sum(service.requests.errors) == share * len(values), values


def test_a_cell_that_is_no_time_or_duration_names_its_row(tmp_path: Path) -> None:
    head = "trace_id,span_id,parent_id,service,start_time,duration_ms\n1,a,,web,1769860800,5\n"
    for broken in ("trace_id,span\r_id\n", head + '1,"b' + "x" * 200_000):
        with pytest.raises(InputError, match=r"t\.csv: row \d+: .*; check its quotes"):
            read(tmp_path / "t.csv", broken)
    with pytest.raises(InputError, match=r"t\.csv: row 3: 'noon' is no time"):
        read(tmp_path / "t.csv", head + "1,b,,web,noon,5\n")
    with pytest.raises(InputError, match=r"t\.csv: row 3: 'long' is no duration"):
        read(tmp_path / "t.csv", head + "1,b,,web,1769860800,long\n")
    found = read(
        tmp_path / "t.csv", head + "1,b,,web,,5\n1,c,,web,1769860800,nan\n1,d\n1,e,,web,17698608000000,5\n"
    )
    assert found.spans == 1 and found.flags == ("incomplete",)
