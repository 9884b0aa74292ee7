from __future__ import annotations

import re

import pytest

from octad.records.report import Report
from octad.render.formats import github
from tests.unit.render.hostile import EMPTY, HOSTILE, MESSAGE, PATH, finding, place, report

# As the runner reads a line (actions/runner, ActionCommand.TryParseV2).
COMMAND = re.compile(r"::(?P<name>\w+) (?P<properties>[^:]*)::(?P<data>.*)")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Name, properties and data of a command, as the runner unescapes them."""
    match = COMMAND.fullmatch(line)
    assert match is not None
    pairs = [pair.split("=", 1) for pair in match["properties"].split(",")]
    return match["name"], {name: unescaped(value) for name, value in pairs}, unescaped(match["data"])


def unescaped(text: str) -> str:
    for escape, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, meant)
    return text


def test_a_finding_is_a_command(report: Report, sources: dict[str, str]) -> None:
    lines = github.render(report, sources).splitlines()
    assert lines[0] == (
        "::error file=shop/cart.py,line=8,endLine=8,col=32,endColumn=32,title=octad (bug/wrong-comparison)"
        "::shop/cart.py:8:32: `>` keeps the dearest (87 %25)"
    )
    assert [read(line)[0] for line in lines[:-1]] == ["error", "notice", "warning"]
    assert lines[-1] == "3 findings (1 error, 1 warning, 1 note) in 3 files"


def test_nothing_found() -> None:
    assert github.render(EMPTY, {}) == "No findings\n"


def test_hostile_text_stays_in_its_command() -> None:
    text = github.render(report(HOSTILE), {})
    command, count, rest = text.split("\n")
    assert (count, rest) == ("1 finding (1 warning) in 1 file", "")
    assert "\r" not in command and "\x1b" not in command and "\x00" not in command
    name, properties, data = read(command)
    assert name == "warning"
    assert properties["file"] == PATH
    assert properties["title"] == "octad (bug/x,y::z)"
    assert data == f"{PATH}:1:1: {MESSAGE}".replace("\x1b", "␛").replace("\x00", "␀").replace("\x0b", "␋")


def test_escapes_are_those_that_github_documents() -> None:
    text = github.render(report(finding(message="%0A\r\n:,", path="50%,a:b.py")), {})
    assert "file=50%25%2Ca%3Ab.py," in text
    assert "::50%25,a:b.py:1:1: %250A%0D%0A:,\n" in text


@pytest.mark.parametrize(
    ("anchor", "said"),
    [
        (place("a.py", 3, 5, 3, 5), "line=3,endLine=3,col=5,endColumn=5,"),
        (place("a.py", 3, 5, 3, 8), "line=3,endLine=3,col=5,endColumn=7,"),
        (place("a.py", 3, 5, 4, 1), "line=3,endLine=4,title"),
        (place("a.py", 0, 0, 0, 0), "line=1,endLine=1,col=1,endColumn=1,"),
    ],
)
def test_columns_only_within_a_line(anchor: object, said: str) -> None:
    assert said in github.render(report(finding(anchor=anchor)), {})


def test_no_probability_is_said_where_nobody_measured_it() -> None:
    assert github.render(report(finding(message="m")), {}).startswith("::warning ")
    assert "::a.py:1:1: m\n" in github.render(report(finding()), {})
    assert "::a.py:1:1: bug/word\n" in github.render(report(finding(message="")), {})


def test_the_best_comes_first() -> None:
    one, other = finding(path="z.py", level="error"), finding(path="a.py", level="note")
    first = github.render(report(one, other), {}).splitlines()[0]
    assert "file=z.py" in first
