"""Where a line may end within a cell, and which file of a page comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.records.report import Anchor, Block, Finding, Level, Report
from octad.render.excerpt import breakable
from octad.render.formats import html
from octad.render.page import page_of

LONG = "payments-service.http_request_duration_seconds"


def finding(path: str, level: Level) -> Finding:
    place = Anchor(path=path, line=1, column=1, end_line=1, end_column=1)
    return Finding(rule="a/b", level=level, message="m", probability=0.9, anchor=place)


@pytest.mark.parametrize("text", ["saturation", "take it back", "0.002024", ""])
def test_words_stay_whole(text: str) -> None:
    assert breakable(text) == ([text] if text else [])


def test_long_names_go_on_behind_what_parts_them() -> None:
    parts = breakable(f"certain: {LONG} 0.2")
    assert parts[1:4] == ["payments-", "service.", "http_"]
    assert (parts[0], parts[-1]) == ("certain: ", " 0.2")


@given(st.text())
def test_nothing_is_lost_and_no_part_of_a_name_is_long(text: str) -> None:
    parts = breakable(text)
    assert "".join(parts) == text
    assert all(len(word) <= 25 for part in parts for word in part.split())


def test_cells_are_escaped_and_broken() -> None:
    block = Block(kind="table", title="t", rows=(("<b>",), (LONG + "<script>",)))
    page = html.render(Report(agent="a", version="1", blocks=(block,)), {})
    assert "payments-<wbr>service.<wbr>" in page
    assert "&lt;script&gt;" in page.replace("<wbr>", "")
    assert "<b>" not in page


def test_the_file_with_the_gravest_finding_comes_first() -> None:
    found = (finding("a.csv", "warning"), finding("b.log", "note"), finding("case", "error"))
    page = page_of(Report(agent="a", version="1", findings=found), {})
    assert [file.name for file in page.files] == ["case", "a.csv", "b.log"]
    assert [card.number for file in page.files for card in file.cards] == [0, 1, 2]
