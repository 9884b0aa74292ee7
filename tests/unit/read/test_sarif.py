"""SARIF of other tools: whole, odd, wrong, and of files that are elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from octad.errors import UnreadableInput
from octad.read import sarif
from octad.read.sarif import Results, read_sarif


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def place(uri: str, **region: Any) -> list[Any]:
    return [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}]


def read(*results: Any, rules: Any = (), tool: str = "My Tool") -> Results:
    run = {"tool": {"driver": {"name": tool, "rules": list(rules)}}, "results": list(results)}
    Path("r.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    return read_sarif("r.sarif")


def test_a_result_as_tools_write_it() -> None:
    where = place("src/a%20b.py", startLine=3, startColumn=5, endLine=3, endColumn=9)
    (found,) = read(
        {"ruleId": "X1", "level": "error", "message": {"text": "wrong"}, "locations": where}
    ).findings
    assert (found.rule, found.level, found.message, found.source) == (
        "my-tool/X1", "error", "wrong", "my-tool",
    )  # fmt: skip
    anchor = found.anchor
    assert (anchor.path, anchor.line, anchor.column, anchor.end_column) == ("src/a b.py", 3, 5, 9)
    assert found.probability is None


def test_what_the_rule_says_holds_where_the_result_says_nothing() -> None:
    rule = {
        "id": "R7",
        "helpUri": "https://example.org/R7",
        "defaultConfiguration": {"level": "note"},
        "messageStrings": {"default": {"text": "no {0} in {1}"}},
    }
    (found,) = read(
        {"ruleIndex": 0, "message": {"id": "default", "arguments": ["a", "b"]}}, rules=[rule]
    ).findings
    assert (found.rule, found.level, found.message) == ("my-tool/R7", "note", "no a in b")
    assert (found.reference, found.anchor.path, found.anchor.line) == ("https://example.org/R7", "", 1)


def test_suppressed_and_passed_results_are_left_out() -> None:
    said = {"ruleId": "X", "message": {"text": "m"}}
    results = read({**said, "suppressions": [{"kind": "inSource"}]}, {**said, "kind": "pass"}, said)
    assert len(results.findings) == 1 and results.skipped == ()


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("a.py", "a.py"),
        ("./x/../a.py", "x/../a.py"),
        ("https://example.org/a.py", "https://example.org/a.py"),
        ("", ""),
    ],
)
def test_addresses(uri: str, path: str) -> None:
    (found,) = read({"ruleId": "X", "message": {"text": "m"}, "locations": place(uri)}).findings
    assert found.anchor.path == path


def test_a_file_address_below_here_is_shown_from_here(here: Path) -> None:
    where = place((here / "src" / "a.py").as_uri(), startLine=2)
    (found,) = read({"ruleId": "X", "message": {"text": "m"}, "locations": where}).findings
    assert found.anchor.path == "src/a.py"


def test_lines_beyond_reason_stay_within_bounds() -> None:
    where = place("a.py", startLine=-5, startColumn="x", endLine=10**30, endColumn=None)
    (found,) = read({"ruleId": "X", "message": {"text": "m"}, "locations": where}).findings
    assert (found.anchor.line, found.anchor.column) == (1, 1) and found.anchor.end_line <= 10**7


def test_odd_results_are_counted_and_cost_no_other_anything() -> None:
    good = {"ruleId": "X", "message": {"text": "m"}}
    results = read(
        good,
        {"ruleId": "X"},
        7,
        {"message": []},
        {**good, "level": "?", "ruleId": "Y"},
        {**good, "locations": 3},
    )
    assert [one.level for one in results.findings] == ["warning", "warning"]
    assert [one.reason for one in results.skipped] == ["4 results are not as SARIF has them"]


def test_more_than_the_most_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    results = read(*[{"ruleId": f"X{n}", "message": {"text": "m"}} for n in range(5)])
    assert len(results.findings) == 2 and results.skipped[0].reason.startswith("3 results are beyond")


def test_results_none_of_which_can_be_read_are_no_clean_bill() -> None:
    with pytest.raises(UnreadableInput, match="none of its 2 results"):
        read({"ruleId": "X"}, {"message": 3})
    Path("r.sarif").write_text('{"runs": [null, 3]}')
    with pytest.raises(UnreadableInput, match="none of its 2 results"):
        read_sarif("r.sarif")


def test_what_is_gone_and_what_is_said_twice() -> None:
    said = {"ruleId": "X", "message": {"text": "m"}}
    assert read({**said, "baselineState": "absent"}).findings == ()
    assert len(read(said, said).findings) == 1


def test_a_file_of_another_host_stays_there() -> None:
    where = place("file://elsewhere/tmp/a.py")
    (found,) = read({"ruleId": "X", "message": {"text": "m"}, "locations": where}).findings
    assert found.anchor.path == "file://elsewhere/tmp/a.py"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"runs": 3}', "{" * 5000, "\x00\xff"])
def test_what_is_no_sarif_is_one_line(text: str) -> None:
    Path("x.sarif").write_text(text, "latin-1")
    with pytest.raises(UnreadableInput, match="no SARIF file"):
        read_sarif("x.sarif")
