from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from octad.records.report import Anchor, Repair, Report
from octad.render.formats import rdjson
from tests.unit.render.hostile import EMPTY, HOSTILE, MESSAGE, finding, place, report

# The messages of reviewdog.proto (reviewdog/reviewdog, proto/rdf) as a schema; nothing else may stand there.
NUMBER = {"type": "integer", "minimum": 1}


def message(required: tuple[str, ...], **fields: object) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": [*required], "additionalProperties": False}


POSITION = message(("line",), line=NUMBER, column=NUMBER)
RANGE = message(("start",), start=POSITION, end=POSITION)
TEXT = {"type": "string"}
DIAGNOSTIC = message(
    ("message", "location"),
    message=TEXT,
    location=message(("path",), path=TEXT, range=RANGE),
    severity={"enum": ["ERROR", "WARNING", "INFO"]},
    code=message(("value",), value=TEXT, url=TEXT),
    suggestions={"type": "array", "items": message(("range", "text"), range=RANGE, text=TEXT)},
)
SOURCE = message(("name",), name=TEXT, url=TEXT)
SCHEMA = message(("diagnostics",), source=SOURCE, diagnostics={"type": "array", "items": DIAGNOSTIC})


def diagnostics(report: Report, sources: dict[str, str]) -> list[dict[str, Any]]:
    document = json.loads(rdjson.render(report, sources))
    jsonschema.validate(document, SCHEMA)
    found: list[dict[str, Any]] = document["diagnostics"]
    return found


def test_a_diagnostic_says_everything(report: Report, sources: dict[str, str]) -> None:
    gone, other, cart = diagnostics(report, sources)
    region = {"start": {"line": 8, "column": 32}, "end": {"line": 8, "column": 33}}
    assert cart["message"] == "`>` keeps the dearest (87 %)"
    assert cart["severity"] == "ERROR"
    assert cart["code"] == {"value": "bug/wrong-comparison", "url": "https://example.org/rule?a=1&b=2"}
    assert cart["location"] == {"path": "shop/cart.py", "range": region}
    assert cart["suggestions"] == [{"range": region, "text": "<"}]
    assert other["code"] == {"value": "style/name"} and "suggestions" not in other
    assert gone["location"]["range"] == {"start": {"line": 3}, "end": {"line": 3}}


def test_nothing_found() -> None:
    assert json.loads(rdjson.render(EMPTY, {})) == {"source": {"name": "octad"}, "diagnostics": []}


def test_columns_are_bytes() -> None:
    text = "a = '𐐀ü' + b\n"
    at = text.index("b") + 1
    region = Anchor(path="a.py", line=1, column=at, end_line=1, end_column=at + 1)
    repair = Repair(anchor=region, replacement="ç", description="")
    (one,) = diagnostics(report(finding(anchor=region, repairs=(repair,))), {"a.py": text})
    start = text.encode().index(b"b") + 1
    assert start == at + 4
    bytes_of = {"start": {"line": 1, "column": start}, "end": {"line": 1, "column": start + 1}}
    assert one["location"]["range"] == bytes_of
    assert one["suggestions"] == [{"range": bytes_of, "text": "ç"}]


@pytest.mark.parametrize(
    ("anchor", "start", "end"),
    [
        (place("a.py", 1, 2, 1, 2), (1, 2), (1, 2)),  # an insertion
        (place("a.py", 2, 3, 3, 1), (2, 4), (3, 1)),  # up to the end of the text
        (place("a.py", 1, 9, 1, 10), (1, None), (1, None)),  # past the line
        (place("a.py", 1, 1, 4, 1), (1, None), (3, None)),  # past the text, up to the start of a line
        (place("a.py", 0, 0, 0, 0), (1, None), (1, None)),
    ],
)
def test_odd_places(anchor: Anchor, start: tuple[int, int | None], end: tuple[int, int | None]) -> None:
    (one,) = diagnostics(report(finding(anchor=anchor)), {"a.py": "abc\nüx\n"})
    named = one["location"]["range"]
    assert [(named[side]["line"], named[side].get("column")) for side in ("start", "end")] == [start, end]


def test_a_repair_without_a_place_is_no_suggestion() -> None:
    elsewhere = Repair(anchor=place("b.py"), replacement="x", description="")
    (one,) = diagnostics(report(finding(repairs=(elsewhere,))), {"a.py": "abc\n", "b.py": "abc\n"})
    assert "suggestions" not in one
    here = Repair(anchor=place("a.py"), replacement="x", description="")
    (one,) = diagnostics(report(finding(repairs=(here,))), {})
    assert "suggestions" not in one


def test_text_is_kept_as_it_is() -> None:
    (one,) = diagnostics(report(HOSTILE), {HOSTILE.anchor.path: "abc\n"})
    assert one["message"] == MESSAGE
    assert one["suggestions"][0]["text"] == "\r\n::x\x1b"
    assert "\x1b" not in rdjson.render(report(HOSTILE), {})
