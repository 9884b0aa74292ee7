from __future__ import annotations

import pytest

from octad.records.report import Report
from octad.records.skipped import Skipped
from octad.render.formats import concise
from tests.unit.render.hostile import EMPTY, HOSTILE, finding, report


def test_one_line_for_each_finding_and_one_for_all(report: Report, sources: dict[str, str]) -> None:
    lines = concise.render(report, sources).splitlines()
    assert len(lines) == 4
    assert lines[0] == "gone.py:3:1: bug/gone m (100 %)"
    assert lines[2] == "shop/cart.py:8:32: bug/wrong-comparison `>` keeps the dearest (87 %)"
    assert lines[3] == "3 findings (1 error, 1 warning, 1 note) in 3 files · 1 suppressed · 6 skipped"


def test_nothing_found() -> None:
    assert concise.render(EMPTY, {}) == "No findings\n"
    assert concise.render(report(skipped=(Skipped(path="a", reason="b"),)), {}) == "No findings · 1 skipped\n"


def test_no_probability_is_said_where_nobody_measured_it() -> None:
    assert concise.render(report(finding()), {}).splitlines()[0] == "a.py:1:1: bug/word m"


def test_hostile_text_is_one_line_without_commands() -> None:
    line, count, rest = concise.render(report(HOSTILE), {}).split("\n")
    assert line.replace("\ufffe", "").isprintable() and "##[" not in line
    assert line.startswith("a,b:c%/ü␊::error::x.py:1:1: bug/x,y::z 100 % sure ::set-env")
    assert (count, rest) == ("1 finding (1 warning) in 1 file", "")


@pytest.mark.parametrize("path", ["::error::x.py", " ::warning::x.py", "\u2003::x.py"])
def test_no_line_starts_as_a_command_does(path: str) -> None:
    assert concise.render(report(finding(path=path)), {}).startswith("./")
