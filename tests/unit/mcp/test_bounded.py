from __future__ import annotations

import json
from typing import Any

import pytest

from octad.errors import InputError
from octad.mcp.bounded import LONGEST, seen, shortened


def finding(number: int, level: str = "note", probability: float | None = None) -> dict[str, Any]:
    return {"rule": f"r{number}", "level": level, "probability": probability, "message": "m" * 100}


def test_nothing_hidden_is_left() -> None:
    said = seen({"a\u202eb": ["x\x1b[31m", ("tab\tand\nlines", 1, None)], "z": {"b": "\u200bq\u2066"}})
    assert said == {"a\ufffdb": ["x␛[31m", ["tab\tand\nlines", 1, None]], "z": {"b": "\ufffdq\ufffd"}}


def test_long_texts_are_cut() -> None:
    assert len(seen("x" * (2 * LONGEST))) == LONGEST
    assert seen("x" * LONGEST) == "x" * LONGEST


def test_depth_is_bounded() -> None:
    deep: Any = []
    for _ in range(10_000):
        deep = [deep]
    assert len(json.dumps(seen(deep))) < 200


def test_the_gravest_findings_stay_in_their_order() -> None:
    findings = [finding(0), finding(1, "error"), finding(2, "warning", 0.2), finding(3, "warning", 0.9)]
    short = shortened({"findings": findings}, 2)
    assert [one["rule"] for one in short["report"]["findings"]] == ["r1", "r3"]
    assert short["left_out"] == {"findings": 2}


def test_an_answer_fits_its_bound() -> None:
    report = {"findings": [finding(i) for i in range(40)], "blocks": [{"rows": [["y" * 50]] * 9}] * 900}
    short = shortened(report, 50, 20_000)
    assert len(json.dumps(short)) < 20_000
    assert len(short["report"]["findings"]) == 40
    assert short["left_out"]["blocks"] + len(short["report"]["blocks"]) == 900
    assert len(report["blocks"]) == 900


def test_what_fits_is_left_alone() -> None:
    report = {"findings": [finding(1)], "agent": "a"}
    assert shortened(report, 50) == {"report": report, "left_out": {}}


def test_what_cannot_fit_is_refused() -> None:
    with pytest.raises(InputError):
        shortened({"text": "x" * 30_000}, 50, 20_000)
