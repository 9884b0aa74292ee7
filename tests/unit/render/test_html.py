from __future__ import annotations

import base64
import hashlib
import re
import shlex
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.records.report import Anchor, Block, Evidence, Finding, Report
from octad.render import layout
from octad.render.cards import card_of, spoken
from octad.render.formats import html

VOID = {"meta", "input", "img", "br", "link", "wbr"}


class Page(HTMLParser):
    """Elements, their attributes and texts; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def having(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if name in attributes]


def finding_at(line: int, column: int = 1, end_column: int = 2, **more: object) -> Finding:
    place = Anchor(path="a.py", line=line, column=column, end_line=line, end_column=end_column)
    values: dict[str, object] = dict(rule="bug/x", level="error", message="m", probability=0.9, anchor=place)
    return Finding.model_validate(values | more)


def page_for(*findings: Finding, text: str) -> Page:
    return Page(html.render(Report(agent="a", version="1", findings=findings), {"a.py": text}))


def test_hostile_text_stays_text(report: Report, sources: dict[str, str]) -> None:
    text = html.render(report, sources)
    page = Page(text)
    tags = {tag for tag, _ in page.found}
    assert "img" not in tags
    assert sum(tag == "script" for tag, _ in page.found) == 1
    assert not any(name.startswith("on") for _, attributes in page.found for name in attributes)
    assert "<img" not in text and "&lt;img src=x onerror=alert(1)&gt;" in text


def test_page_needs_no_network_and_allows_only_its_own_script(
    report: Report, sources: dict[str, str]
) -> None:
    text = html.render(report, sources)
    page = Page(text)
    assert not any(
        {"src", "srcset", "data", "action", "style"} & attributes.keys() for _, attributes in page.found
    )
    assert [attributes["href"] for attributes in page.having("rel")] == ["https://example.org/rule?a=1&b=2"]
    assert all(str(one["href"]).startswith(("#", "https://example.org")) for one in page.having("href"))
    assert not re.search(r"@import|url\(", text)
    policy = next(one["content"] for one in page.having("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for tag in ("style", "script"):
        content = "".join(page.texts[tag])
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_finding_has_a_card_with_what_the_filters_need(report: Report, sources: dict[str, str]) -> None:
    page = Page(html.render(report, sources))
    cards = page.having("data-card")
    assert [one["data-rule"] for one in cards] == ["bug/wrong-comparison", "bug/gone", "style/name"]
    assert [one["data-level"] for one in cards] == ["error", "warning", "note"]
    assert [one["data-source"] for one in cards] == ["model", "model", "ruff"]
    assert [float(str(one["data-probability"])) for one in cards] == [0.87, 1, 0.5]
    assert [one["data-for"] for one in page.having("data-for")] == [one["data-card"] for one in cards]
    identifiers = [one["id"] for one in page.having("id")]
    assert len(identifiers) == len(set(identifiers))
    assert {str(one["href"])[1:] for one in page.having("href") if str(one["href"])[0] == "#"} <= set(
        identifiers
    )


def test_evidence_is_a_heat_map(report: Report, sources: dict[str, str]) -> None:
    page = Page(html.render(report, sources))
    painted = [one["class"] for one in page.having("data-cards") if one["data-cards"] == "0"]
    assert painted == ["h5", "h9 mark error"]


def test_repair_shows_what_differs(report: Report, sources: dict[str, str]) -> None:
    page = Page(html.render(report, sources))
    assert page.texts["del"] == [">"]
    assert page.texts["ins"] == ["<"]


def test_only_regions_around_findings_are_open() -> None:
    text = "".join(f"x{number}\n" for number in range(1, 101))
    page = page_for(finding_at(50), text=text)
    assert len(page.having("data-n")) == 100
    assert sum(tag == "details" for tag, _ in page.found) == 2
    assert [part.strip() for part in page.texts["summary"]] == ["41 lines", "42 lines"]


def test_gaps_of_huge_files_are_counted_but_left_out() -> None:
    page = page_for(finding_at(5), finding_at(5_000), text="x\n" * 10_000)
    assert len(page.having("data-n")) < 100
    assert "4,978 lines not shown" in [part.strip() for part in page.texts["p"]]


def test_finding_without_source_still_has_its_card() -> None:
    page = Page(html.render(Report(agent="a", version="1", findings=(finding_at(3),)), {}))
    assert len(page.having("data-card")) == 1
    assert not page.having("data-n")


def test_blocks_stand_before_the_files() -> None:
    block = Block(kind="paragraph", title="Look here first", rows=(("x.py:1",),))
    report = Report(agent="a", version="1", findings=(finding_at(1),), blocks=(block,))
    page = html.render(report, {"x.py": "a\n"})
    assert page.index("<main") < page.index("Look here first") < page.index('class="file"')


def test_report_without_findings_says_so() -> None:
    page = Page(html.render(Report(agent="a", version="1"), {}))
    assert "No findings." in page.texts["p"]


def test_bidi_in_code_cannot_reorder_the_page() -> None:
    report = Report(agent="a", version="1", findings=(finding_at(1),))
    assert "\u202e" not in html.render(report, {"a.py": "x = '\u202e'\n"})


def test_backticks_become_code() -> None:
    assert spoken("use `a` for `b`") == [("use ", False), ("a", True), (" for ", False), ("b", True)]
    assert spoken("a ` alone") == [("a ` alone", False)]


marks = st.builds(
    lambda start, length, heat, level, card: layout._Mark(start, start + length, heat, level, card, "t"),
    st.integers(0, 20),
    st.integers(1, 10),
    st.integers(0, 9),
    st.sampled_from(["error", "note", None]),
    st.integers(0, 3),
)


@settings(max_examples=20)
@given(st.text("abc \t", max_size=20), st.lists(marks, max_size=6))
def test_segments_are_the_line_and_paint_every_mark(text: str, given_marks: list[layout._Mark]) -> None:
    segments = layout._segments(text, given_marks)
    assert "".join(segment.text for segment in segments) == text
    position = 0
    for segment in segments:
        here = [mark for mark in given_marks if mark.start <= position < mark.end]
        assert segment.heat == max((mark.heat for mark in here), default=0)
        assert segment.cards == " ".join(str(number) for number in sorted({mark.card for mark in here}))
        position += len(segment.text)


@pytest.mark.parametrize("weight", [0.0, 1e-9, 1.0])
def test_heat_is_relative_to_the_hottest(weight: float) -> None:
    place = Anchor(path="a.py", line=1, end_line=1, end_column=2)
    page = page_for(finding_at(2, evidence=(Evidence(anchor=place, text="x", weight=weight),)), text="x\ny\n")
    classes = [one["class"] for one in page.having("data-cards")]
    assert classes[0] == ("h9" if weight else "h1")


def test_what_says_that_a_finding_helped_is_one_command_whatever_its_rule_is_called() -> None:
    anchor = Anchor(path="a.py", line=1, end_line=1, end_column=2)
    finding = Finding(
        rule="x; rm -rf $(y)", level="note", message="", probability=None, anchor=anchor, fingerprint="0" * 16
    )
    accept, dismiss = card_of(0, finding, ["x"]).commands
    assert accept == f"octad feedback accept {'0' * 16} --rule 'x; rm -rf $(y)'"
    assert shlex.split(dismiss)[2:] == ["dismiss", "0" * 16, "--rule", "x; rm -rf $(y)", "--reason", "wrong"]
    page = html.render(Report(agent="a", version="1", findings=(finding,)), {"a.py": "x\n"})
    assert "did it help?" in page and "octad feedback accept 0000" in page
