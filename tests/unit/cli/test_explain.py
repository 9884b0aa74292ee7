"""`octad explain PATH:LINE` says why, and also why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.cli.explain import parse
from octad.errors import InputError
from tests.unit.cli.conftest import FakeRunner

Octad = Callable[..., tuple[int, str, str]]
TEXT = "def f():\n    return bug\n\n\ndef g():\n    bug = 1  # surely\n    return bug\n"


def explained(
    octad: Octad, line: int, least: float = 0.5
) -> tuple[list[dict[str, object]], str, list[list[str]]]:
    Path("a.py").write_text(TEXT)
    code, out, _ = octad("explain", f"a.py:{line}", "--format", "json")
    assert code == 0
    document = json.loads(out)
    verdict, table = document["blocks"]
    return document["findings"], verdict["rows"][0][0], table["rows"][1:]


def test_why(octad: Octad) -> None:
    findings, verdict, rows = explained(octad, 6)
    assert verdict == "Shown: bug/word has probability 0.900, its threshold is 0.500."
    assert [f["evidence"] != [] for f in findings] == [True]
    assert [row[0] for row in rows] == ["6", "7"]


def test_why_not(octad: Octad, runner: FakeRunner) -> None:
    def least(**tables: dict[str, float]) -> None:
        runner.manifest = runner.manifest.model_copy(update=tables)

    least(thresholds={"bug/word": 0.7})
    said = "bug/word has probability 0.600, its threshold is 0.700"
    assert explained(octad, 2)[1] == (
        f"Shown only where the line is part of a change: {said}, in a change 0.500."
    )
    least(diff_thresholds={"bug/word": 0.7})
    assert explained(octad, 2)[1] == f"Not shown: {said}."
    least(thresholds={}, diff_thresholds={})
    findings, verdict, rows = explained(octad, 2)
    assert verdict.startswith("Not shown: bug/word has no threshold") and rows[0][3:5] == ["none", "none"]
    findings, verdict, rows = explained(octad, 5)
    assert findings == [] and verdict.startswith("Nothing is suspected here") and len(rows) == 2


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("a.py:99", "a.py has no line 99; it has 7"),
        ("a.py:0", "no line 0"),
        ("a.py", "is not PATH:LINE"),
        ("a.txt:1", "cannot explain a.txt"),
        ("absent.py:1", "absent.py"),
    ],
)
def test_bad_places(octad: Octad, place: str, said: str) -> None:
    Path("a.py").write_text(TEXT)
    Path("a.txt").write_text(TEXT)
    code, out, err = octad("explain", place)
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1


def test_places_as_editors_copy_them() -> None:
    assert parse("a:b.py:12") == ("a:b.py", 12)
    assert parse("a.py:12:7") == ("a.py", 12)
    with pytest.raises(InputError):
        parse("a.py:")
