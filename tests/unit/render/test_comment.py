from __future__ import annotations

import pytest

from octad.records.report import Anchor, Finding, Level
from octad.render.comment import LONGEST, MOST, address, comment, marker, plain


def finding(message: str = "wrong", level: Level = "warning", path: str = "a.py", line: int = 3) -> Finding:
    anchor = Anchor(path=path, line=line, end_line=line, end_column=2)
    return Finding(rule="bug/x", level=level, message=message, probability=0.5, anchor=anchor)


def link(path: str, line: int) -> str:
    return address("https://forge.example/o/r/blob/abc", path, line)


def test_it_begins_with_its_mark_and_the_gravest_come_first() -> None:
    text = comment("review", [finding(), finding("worse", "error", line=7)], link, "Of commit abc.")
    lines = text.splitlines()
    assert lines[0] == marker("review") == "<!-- octad:review -->"
    assert lines[1] == "### octad review: 2 findings (1 error, 1 warning) in 1 file"
    first = "| error | [a.py:7](https://forge.example/o/r/blob/abc/a.py#L7) | worse (50 %) · bug/x |"
    assert lines[5] == first and lines[6].startswith("| warning |")
    assert lines[-1] == "Of commit abc."


def test_nothing_found_is_said() -> None:
    assert "octad docs: no findings" in comment("docs", [], link)


@pytest.mark.parametrize(
    "text",
    [
        "@everyone look", "see #12 !3 ~bug %4 $5 &6", "[click](https://evil.example)", "<img src=x>",
        "<!-- octad:review -->", "a | b | c", "`code` **bold** _it_ ~~no~~", "$x^2$", "https://evil.example",
        "www.evil.example", "\n/approve\n/close", "\r\n# heading", "\u202eabc\x1b[31m", "\\[x\\]",
    ],
)  # fmt: skip
def test_nothing_of_a_message_is_markup(text: str) -> None:
    row = comment("review", [finding(text, path=text)], lambda *_: "").splitlines()
    assert len(row) == 6
    shown = row[5]
    assert shown.count("|") == 4 and shown.startswith("| warning | ")
    assert not set("<>`*[]~\\$_{}\x1b\u202e") & set(shown)
    assert "://" not in shown and "www." not in shown
    for sign in "@#!%&":
        assert f"{sign}e" not in shown.replace("&#", "") and f"{sign}1" not in shown.replace("&#", "")


def test_what_is_plain_stays_readable() -> None:
    assert plain("`x` may be None: call f(a, b-1) first.") == "&#96;x&#96; may be None: call f(a, b-1) first."
    assert plain("me@example.org") == "me@\u200bexample.org"


def test_an_address_is_of_the_path_alone() -> None:
    assert link("a b/(c)?#.py", 2) == "https://forge.example/o/r/blob/abc/a%20b/%28c%29%3F%23.py#L2"


def test_a_comment_is_bounded_and_says_what_is_left_out() -> None:
    text = comment("review", [finding("<" * 5_000) for _ in range(900)], link)
    assert len(text) < LONGEST
    shown = text.count("| warning |")
    assert f"{900 - shown:,} more" in text and 0 < shown < MOST
    many = comment("review", [finding() for _ in range(MOST + 1)], link)
    assert many.count("| warning |") == MOST and "1 more" in many


@pytest.mark.parametrize("name", ["", "a b", "-->", "x" * 65, "../x"])
def test_a_mark_is_of_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        marker(name)
