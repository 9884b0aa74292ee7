from __future__ import annotations

import re

import pytest

from octad.records.report import Anchor, Evidence, Finding, Repair, Report
from octad.render.formats import terminal


def one(finding: Finding, text: str, width: int = 100) -> list[str]:
    report = Report(agent="a", version="1", findings=(finding,))
    return terminal.render(report, {"a.py": text}, color=False, width=width).splitlines()


def finding_at(line: int, column: int, end: int, **more: object) -> Finding:
    place = Anchor(path="a.py", line=line, column=column, end_line=line, end_column=end)
    values: dict[str, object] = dict(rule="r", level="error", message="m", probability=0.9, anchor=place)
    return Finding.model_validate(values | more)


def test_finding_is_shown_with_marks_under_its_tokens(report: Report, sources: dict[str, str]) -> None:
    lines = terminal.render(report, sources, color=False, width=100).splitlines()
    start = lines.index("error bug/wrong-comparison  87 %  shop/cart.py:8:32")
    assert lines[start + 1] == "  `>` keeps the dearest"
    source, marks = lines[start + 2], lines[start + 3]
    assert source == " 8 │     if best is None or line.price > best.price:"
    assert [source[at] for at, mark in enumerate(marks) if mark == "^"] == [">"]
    block = "\n".join(lines[start + 4 : start + 12])
    assert "= repair: replace `>` by `<` (88 %)" in block
    assert "- " in block and "+ " in block and "line.price < best.price" in block
    assert "= moved by: >, cheapest (line 4)" in block
    assert "= see: https://example.org/rule" in block


def test_evidence_that_tells_no_more_than_chance_is_not_shown(
    report: Report, sources: dict[str, str]
) -> None:
    first = report.findings[0]
    assert first.faithfulness is not None
    measured = first.faithfulness.model_copy(update={"comprehensiveness": 0.02, "random": 0.04})
    unsure = first.model_copy(update={"faithfulness": measured})
    shown = terminal.render(report.model_copy(update={"findings": (unsure,)}), sources, color=False)
    assert "moved by" not in shown and "~" not in shown


def test_end_counts_everything(report: Report, sources: dict[str, str]) -> None:
    lines = terminal.render(report, sources, color=False).splitlines()
    assert lines[-1] == "3 findings (1 error, 1 warning, 1 note) in 3 files · 1 suppressed · 6 skipped"
    assert lines[-2].startswith(
        "skipped, empty file: p0/__init__.py, p1/__init__.py, p2/__init__.py and 2 more"
    )
    assert terminal.render(Report(agent="a", version="1"), {}, color=False) == "No findings\n"


def test_color_only_where_it_is_wanted(
    report: Report, sources: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[" in terminal.render(report, sources, color=True)
    assert "\x1b" not in terminal.render(report, sources, color=False)
    assert "\x1b" not in terminal.render(report, sources)  # the tests' standard output is no terminal
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in terminal.render(report, sources)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal.render(report, sources)


def test_color_changes_no_character(report: Report, sources: dict[str, str]) -> None:
    colored = terminal.render(report, sources, color=True, width=100)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == terminal.render(report, sources, color=False, width=100)


def test_control_and_bidi_characters_are_made_visible() -> None:
    finding = finding_at(1, 1, 2, rule="r\x1b[31m", message="a\x07b", reference="\u202eevil")
    text = "\n".join(one(finding, "x = '\x1b]0;title\x07\u202e'\n"))
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text
    assert "␛]0;title␇" in text


def test_wide_characters_move_the_marks() -> None:
    lines = one(finding_at(1, 9, 10), "x = '漢' + y\n")
    # The wide character takes two columns, so the mark under `+` stands one further to the right.
    assert lines[3].index("^") - lines[2].index("+") == 1


def test_evidence_on_the_line_is_marked() -> None:
    place = Anchor(path="a.py", line=1, column=1, end_line=1, end_column=4)
    lines = one(finding_at(1, 7, 8, evidence=(Evidence(anchor=place, text="abc", weight=0.4),)), "abc = d\n")
    assert lines[3] == "   │ ~~~   ^"


def test_long_line_is_cut_around_the_finding() -> None:
    text = "a" * 3_000 + "!" + "b" * 3_000
    lines = one(finding_at(1, 3_001, 3_002), text, width=80)
    assert len(lines[2]) <= 80 and lines[2].count("…") == 2
    assert lines[2][lines[3].index("^")] == "!"


def test_anchor_outside_of_the_text_shows_no_source() -> None:
    assert one(finding_at(7, 1, 2), "x\n") == [
        "error r  90 %  a.py:7:1",
        "  m",
        "",
        "1 finding (1 error) in 1 file",
    ]


def test_anchor_over_many_lines_is_shortened() -> None:
    place = Anchor(path="a.py", line=1, end_line=10, end_column=2)
    lines = one(finding_at(1, 1, 2, anchor=place), "x\n" * 10)
    assert "… 4 more lines" in lines[-3]


def test_insertion_at_the_end_of_a_line_is_marked_and_repaired() -> None:
    place = Anchor(path="a.py", line=1, column=4, end_line=1, end_column=4)
    repair = Repair(anchor=place, replacement=" + 1\ny", description="d", probability=0.5)
    lines = one(finding_at(1, 4, 4, anchor=place, repairs=(repair,)), "x =\n")
    assert lines[3] == "   │    ^"
    assert lines[5:8] == ["   │ - x =", "   │ + x = + 1", "   │ + y"]


def test_width_without_a_terminal_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.__stdout__", None)
    monkeypatch.setattr("os.get_terminal_size", lambda fd: (_ for _ in ()).throw(OSError()))
    assert "m" in terminal.render(Report(agent="a", version="1", findings=(finding_at(1, 1, 2),)), {})
