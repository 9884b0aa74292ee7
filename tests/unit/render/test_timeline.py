from __future__ import annotations

import re
from itertools import combinations

import pytest

from octad.records.report import Block
from octad.render.formats import html
from octad.render.timeline import LETTERS, MARGIN, Timeline, timeline_of
from tests.unit.render.test_html import Page
from tests.unit.render.timelines import NINE, ODD, STEP, block, curve, mark, report_of


def drawn(one: Block) -> Timeline:
    timeline = timeline_of(one)
    assert timeline is not None
    return timeline


def page_of(one: Block) -> tuple[str, Page]:
    text = html.render(report_of(one), {})
    return text, Page(text)


def test_page_draws_one_chart_with_its_words() -> None:
    _, page = page_of(STEP)
    charts = [one for tag, one in page.found if tag == "svg" and one.get("role") == "img"]
    assert [one["aria-labelledby"] for one in charts] == ["timeline1-title timeline1-about"]
    assert {"timeline1-title", "timeline1-about"} <= {str(one["id"]) for one in page.having("id")}
    assert page.texts["desc"] == ["4 marks over 1 curve, 2026-03-14 09:00:00 – 10:00:00 UTC, 1 h"]
    assert "cart.latency: 10–90 ms, last 90" in page.texts["title"]
    rows = [one["data-mark"] for tag, one in page.found if tag == "tr" and "data-mark" in one]
    assert rows == ["1", "2", "3", "4"]
    assert [one["class"] for tag, one in page.found if tag == "g" and "data-mark" in one] == [
        "pin change", "pin log", "pin metric", "pin incident",
    ]  # fmt: skip


def test_marks_and_curves_share_the_axis() -> None:
    timeline = drawn(STEP)
    assert [pin.x for pin in timeline.pins] == [46.67, 48.33, 50, 55.83]
    assert "L483.3 37L500 1L" in timeline.curves[0].line


def test_gaps_break_the_line_and_a_lone_point_is_a_dot() -> None:
    timeline = drawn(block([curve([1.0, 2.0, None, 3.0, None])]))
    assert timeline.curves[0].line.count("M") == 2
    assert timeline.curves[0].line.endswith("h.1")


@pytest.mark.parametrize("name", ["many marks", "equal times", "wide letters"])
def test_labels_do_not_overlap(name: str) -> None:
    spans: dict[int, list[tuple[float, float]]] = {}
    for pin in drawn(ODD[name]).pins:
        if pin.label:
            x, room = pin.x * LETTERS / 100, len(pin.label.text) + MARGIN
            span = (x, x + room) if pin.label.anchor == "start" else (x - room, x)
            spans.setdefault(pin.label.row, []).append(span)
    assert spans
    for row in spans.values():
        assert all(a[1] <= b[0] + 0.1 or b[1] <= a[0] + 0.1 for a, b in combinations(row, 2))


def test_label_at_the_end_hangs_to_the_left() -> None:
    labels = [pin.label for pin in drawn(block([], [mark(0), mark(60)])).pins]
    assert [label.anchor for label in labels if label] == ["start", "end"]


def test_many_points_are_thinned_and_many_curves_counted() -> None:
    assert drawn(ODD["many points"]).curves[0].line.count("L") <= 802
    assert drawn(ODD["many curves"]).n_more == 20
    assert len(drawn(ODD["many marks"]).rows) == 200
    assert timeline_of(ODD["empty"]) is None


@pytest.mark.parametrize("name", ODD)
def test_odd_timelines_make_a_sound_page(name: str) -> None:
    text, page = page_of(ODD[name])
    assert sum(tag == "script" for tag, _ in page.found) == 1
    assert not page.having("style")
    assert "\u202e" not in text and "\x1b" not in text
    paths = [str(one["d"]) for one in page.having("d")]
    assert not any(re.search(r"nan|inf", path) for path in paths)
    for attributes in page.having("x1"):
        assert 0 <= float(str(attributes["x1"]).rstrip("%")) <= 100
    assert len(text) < 400_000


def test_axis_of_days_names_the_day() -> None:
    one = block([], [mark(0), mark(3_000)])
    assert drawn(one).rows[0].clock == "03-14 09:00:00"
    assert one.marks[0].time == NINE
