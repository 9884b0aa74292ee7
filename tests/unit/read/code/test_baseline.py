from __future__ import annotations

import json
from pathlib import Path

import pytest

from octad.errors import InputError, OutputError
from octad.read.code.baseline import apply_baseline, read_baseline, write_baseline
from octad.records.fingerprint import with_fingerprints
from octad.records.report import Anchor, Finding

SOURCES = {"a.py": "x = 1\ny = 2\nx = 1\n", "b.py": "z\n"}


def findings(*places: tuple[str, int]) -> tuple[Finding, ...]:
    return with_fingerprints(
        [
            Finding(
                rule="bug/x", level="error", message="m", probability=0.9,
                anchor=Anchor(path=path, line=line, end_line=line, end_column=2),
            )
            for path, line in places
        ],
        SOURCES,
    )  # fmt: skip


def test_known_findings_are_suppressed_and_new_ones_are_not(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, findings(("b.py", 1), ("a.py", 1)))
    now = findings(("a.py", 1), ("a.py", 2), ("a.py", 3), ("b.py", 1))
    kept, suppressed = apply_baseline(now, read_baseline(path))
    assert [one.anchor.line for one in kept] == [2, 3]
    assert [(one.finding.anchor.path, one.by) for one in suppressed] == [
        ("a.py", "baseline"),
        ("b.py", "baseline"),
    ]


def test_file_is_sorted_readable_and_the_same_for_any_order(tmp_path: Path) -> None:
    some = findings(("b.py", 1), ("a.py", 2), ("a.py", 1))
    write_baseline(tmp_path / "1", some)
    write_baseline(tmp_path / "2", [*reversed(some), *some])
    text = (tmp_path / "1").read_text()
    assert text == (tmp_path / "2").read_text() and text.endswith("}\n")
    content = json.loads(text)
    assert content["version"] == "1"
    assert [(one["path"], one["rule"]) for one in content["findings"]] == [
        ("a.py", "bug/x"), ("a.py", "bug/x"), ("b.py", "bug/x"),
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged: not JSON"),
        (b"{", "damaged: not JSON"),
        (b"\xff\xfe", "damaged: not JSON"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "damaged at the top level"),
        (b'{"version": "2", "findings": []}', "another version"),
        (
            b'{"version": "1", "findings": [{"rule": "x", "path": "y"}]}',
            r"damaged at findings\.0\.fingerprint",
        ),
        (b'{"version": "1", "findings": {}}', "damaged at findings"),
    ],
)
def test_damaged_baseline_is_one_clear_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "b.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_baseline(path)
    assert "\n" not in str(caught.value) and caught.value.hint


def test_absent_baseline(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_baseline(tmp_path / "nope.json")


def test_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "nope/b.json", tmp_path / "folder"):
        with pytest.raises(OutputError, match="cannot write the baseline"):
            write_baseline(path, ())
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
