"""Every format says the same of the same spans; what is odd in one is survived and flagged."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from octad.errors import InputError
from octad.read.traces import documents as reading
from octad.read.traces.files import read_traces
from octad.read.traces.span import Kind, identity, kind_of, nanoseconds, whole
from octad.records.traces import Tally, Traces
from tests.spans import SHOP, T0, Step, jaeger, otlp, table, written, zipkin


def read(path: Path) -> Traces:
    return read_traces([path])


def seconds(tally: Tally) -> float:
    return round(sum(tally.seconds), 9)


def ends(traces: Traces) -> dict[tuple[str, str], tuple[float, float, int]]:
    """Seconds at both ends of each call, and how many failed at the caller's."""
    return {
        (one.caller, one.callee): (seconds(one.at_caller), seconds(one.at_callee), sum(one.at_caller.errors))
        for one in traces.calls
    }


WANTED = {
    ("web", "cart"): (0.06, 0.05, 0),
    ("cart", "cart-db"): (0.03, 0.0, 0),
    ("web", "pay"): (0.02, 0.01, 1),
}


@pytest.mark.parametrize("write", [otlp, jaeger, zipkin])
def test_json_of_three_formats_says_the_same(tmp_path: Path, write: Any) -> None:
    found = read(written(tmp_path / "t.json", write(SHOP)))
    assert ends(found) == WANTED
    assert {one.name: one.kind for one in found.services} == {
        "cart": "service", "cart-db": "database", "pay": "service", "web": "service",
    }  # fmt: skip
    own = {one.name: seconds(one.own) for one in found.services if one.own.buckets}
    assert own == {"web": 0.02, "cart": 0.02, "pay": 0.01}
    assert found.spans == 6 and found.flags == () and found.first == T0 / 1e6


def test_a_table_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table(SHOP))
    assert ends(read(tmp_path / "t.csv")) == WANTED


def test_lines_a_pretty_document_and_gzip_say_the_same(tmp_path: Path) -> None:
    lines = written(tmp_path / "t.jsonl", *(otlp([one]) for one in SHOP))
    (tmp_path / "p.json").write_text(json.dumps(otlp(SHOP), indent=2))
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(lines.read_bytes()))
    (tmp_path / "w.jsonl").write_bytes(b"\xef\xbb\xbf\n" + lines.read_bytes().replace(b"\n", b"\r\n"))
    for name in ("t.jsonl", "p.json", "t.jsonl.gz", "w.jsonl"):
        assert ends(read(tmp_path / name)) == WANTED, name


def test_old_names_numbers_and_base64_of_opentelemetry(tmp_path: Path) -> None:
    value = json.loads(json.dumps(otlp(SHOP)).replace("scopeSpans", "instrumentationLibrarySpans"))
    for resource in value["resourceSpans"]:
        (span,) = resource["instrumentationLibrarySpans"][0]["spans"]
        span["kind"] = {"SERVER": 2, "CLIENT": 3}[span["kind"].removeprefix("SPAN_KIND_")]
        for name in ("traceId", "spanId", "parentSpanId"):
            span[name] = base64.b64encode(bytes.fromhex(span[name])).decode() if span[name] else ""
        span["status"] = {"code": 2} if span["status"] else {}
    assert ends(read(written(tmp_path / "t.json", value))) == WANTED
    batches = {"batches": otlp(SHOP)["resourceSpans"]}
    assert ends(read(written(tmp_path / "b.json", batches))) == WANTED


def test_client_and_server_of_zipkin_share_an_id(tmp_path: Path) -> None:
    shared = [
        Step("1", "", "web", "SERVER", 0, 100_000),
        Step("2", "1", "web", "CLIENT", 10_000, 60_000),
        Step("2", "1", "cart", "SERVER", 15_000, 50_000),
        Step("3", "2", "cart", "CLIENT", 20_000, 30_000, tags={"peer.service": "stock"}),
    ]
    found = read(written(tmp_path / "t.json", zipkin(shared)))
    assert ends(found) == {("web", "cart"): (0.06, 0.05, 0), ("cart", "stock"): (0.03, 0.0, 0)}
    assert {one.name: seconds(one.own) for one in found.services if one.own.buckets} == {
        "web": 0.04,
        "cart": 0.02,
    }


def test_lists_of_lists_and_single_traces(tmp_path: Path) -> None:
    assert ends(read(written(tmp_path / "z.json", [zipkin(SHOP[:3]), zipkin(SHOP[3:])]))) == WANTED
    assert ends(read(written(tmp_path / "z.jsonl", *zipkin(SHOP)))) == WANTED
    assert ends(read(written(tmp_path / "j.json", jaeger(SHOP)["data"][0]))) == WANTED
    assert ends(read(written(tmp_path / "d.json", {"data": jaeger(SHOP)["data"][0]}))) == WANTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty file"), ("{}", "is JSON, but no trace"), ("[1, 2]", "is JSON, but no trace"),
        ('{"data": []}', "holds no span"), ('{"resourceSpans": 3}', "holds no span"),
        ('{"resourceSpans": [', "not JSON"), ("[" * 100_000, "not JSON"),
        ('{"a": 1}\n{"resourceSpans": []}', "document 1 is JSON, but no trace"),
        ('{"resourceSpans": []}\nnonsense\n{"resourceSpans": []}', "line 2 is not JSON"),
        ("time,cart.cpu\n1,2\n", "no column for id, start, service, duration|no column for id, service"),
        ('[{"traceId": "1", "id": "2", "binaryAnnotations": []}]', "version 1"),
        ("\0\0\0\1\2", "binary data"),
    ],
)  # fmt: skip
def test_what_is_no_trace_is_an_error_that_names_the_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(InputError, match=rf"t\.json.*({message})"):
        read(tmp_path / "t.json")


def test_a_folder_and_a_missing_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; name the files of traces"):
        read(tmp_path)
    with pytest.raises(InputError, match="none"):
        read(tmp_path / "none")


def test_a_single_document_has_a_limit_and_lines_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_DOCUMENT", 2_000)
    lines = written(tmp_path / "t.jsonl", *(otlp([one]) for one in SHOP))
    assert lines.stat().st_size > 2_000 and ends(read(lines)) == WANTED
    (tmp_path / "p.json").write_text(json.dumps(otlp(SHOP), indent=2))
    with pytest.raises(InputError, match="one JSON document of more than 2,000 bytes; write JSON lines"):
        read(tmp_path / "p.json")
    with pytest.raises(InputError, match="more than 2,000 bytes on one line"):
        read(written(tmp_path / "o.json", otlp(SHOP)))


def test_a_last_line_that_breaks_off_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", *(otlp([one]) for one in SHOP))
    path.write_text(path.read_text()[:-30])
    found = read(path)
    assert found.spans == 5 and found.flags == ("truncated",)


def test_spans_without_a_time_an_id_or_an_end_are_left_out(tmp_path: Path) -> None:
    bad = zipkin(SHOP[:4])
    bad[1].pop("timestamp")
    bad[2]["id"] = None
    bad[3]["duration"] = 10**15
    found = read(written(tmp_path / "t.json", [*bad, {"traceId": "1", "id": "9", "timestamp": "soon"}]))
    assert found.spans == 1 and found.flags == ("incomplete",)


HOSTILE = (
    None,
    [],
    {},
    "",
    "x",
    "é\ud800",
    True,
    -1,
    0,
    1e400,
    float("nan"),
    10**30,
    3.5,
    [[[]]],
    {"a": {"b": []}},
)


@pytest.mark.parametrize("value", HOSTILE, ids=str)
@pytest.mark.parametrize("write", [otlp, jaeger, zipkin])
def test_any_value_in_any_place_is_survived(tmp_path: Path, write: Any, value: object) -> None:
    """Every field in turn is replaced; nothing but an error in one line may come of it."""

    def replaced(node: Any) -> Any:
        parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, inside in parts:
            rest = dict(node) if isinstance(node, dict) else list(node)
            rest[key] = value
            yield rest
            for changed in replaced(inside):
                other = dict(node) if isinstance(node, dict) else list(node)
                other[key] = changed
                yield other

    for changed in replaced(write(SHOP[:2])):
        try:
            read(written(tmp_path / "t.json", changed)).model_dump_json()
        except InputError as error:
            assert "\n" not in error.message


def test_ids_kinds_and_numbers_in_their_spellings() -> None:
    assert identity("00000000000000AB") == identity("ab") == identity("AAAAAAAAAKs=") == "ab"
    assert [identity(none) for none in ("", None, "0", "0000000000000000", "root", "-1", "AAAAAAAAAAA=")] == [
        ""
    ] * 7
    said = ["SPAN_KIND_CLIENT", 3, "3", "client", "SpanKind.CLIENT", " Client "]
    assert {kind_of(one) for one in said} == {Kind.CLIENT}
    assert {kind_of(one) for one in (None, 99, "", "x", [])} == {Kind.UNKNOWN}
    assert [whole(one) for one in ("12", 12, 12.0, "x", None, 1e400, 10**30, True)] == [
        12,
        12,
        12,
        *[None] * 4,
        1,
    ]
    base = 1_769_860_800
    assert {nanoseconds(base * 10**power) for power in (0, 3, 6, 9)} == {base * 10**9}
    assert nanoseconds(base + 0.5) == base * 10**9 + 5 * 10**8 and nanoseconds(float("inf")) is None
