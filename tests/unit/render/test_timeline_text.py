from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from octad.records.report import Block
from octad.render.formats import terminal
from tests.unit.render.timelines import ODD, STEP, block, curve, mark, report_of


def lines_of(one: Block, width: int = 100, color: bool = False) -> list[str]:
    text = terminal.render(report_of(one), {}, color=color, width=width)
    return [line.rstrip() for line in text.splitlines()]


def test_curve_and_marks_stand_on_one_axis() -> None:
    lines = lines_of(STEP, width=80)
    assert lines[:2] == ["Chain", "  2026-03-14 09:00:00 – 10:00:00 UTC, 1 h"]
    row = next(line for line in lines if "cart.latency" in line)
    assert row.startswith("  cart.latency  ▁▁") and row.endswith("██    90  10–90 ms")
    rise = row.index("█")
    for kind, symbol in {"change": "◆", "log": "▲", "metric": "■", "incident": "✕"}.items():
        place = next(line for line in lines if line.startswith(f"  {symbol} {kind}"))
        assert abs(place.rindex(symbol) - rise) <= 3
    table = lines[lines.index(next(line for line in lines if "from incident" in line)) + 1 :]
    assert table[0].split(None, 2) == ["◆", "09:28:00", "−5 min 30 s  cart     deploy 4f2a91c           60 %"]
    assert table[3].split()[0] == "✕"


def test_gaps_are_spaces() -> None:
    lines = lines_of(block([curve([1.0] * 10 + [None] * 10 + [2.0] * 10)]), width=80)
    row = next(line for line in lines if "cart.latency" in line)
    assert re.search(r"▁ {8,}█", row)


def test_marks_in_one_column_are_counted() -> None:
    lines = lines_of(ODD["equal times"])
    assert next(line for line in lines if line.startswith("  ● event")).endswith(" 2")
    assert next(line for line in lines if line.startswith("  ◆ change")).endswith(" ◆")


def test_labels_of_ticks_stand_apart() -> None:
    for name in ("no curves", "many points", "years", "short", "constant"):
        for width in (40, 60, 80, 120):
            labels = lines_of(ODD[name], width)[2].split()
            kinds = r"\d\d:\d\d|\d\d:\d\d:\d\d|\d\d:\d\d\.\d{3}|\d\d-\d\d|\d{4}-\d\d-\d\d"
            assert labels and all(re.fullmatch(kinds, label) for label in labels), (name, width)


def test_what_is_left_out_is_counted() -> None:
    lines = lines_of(ODD["many marks"])
    assert "  … 170 more marks of less weight" in lines
    assert sum(line.startswith(" ●") for line in lines) == 30
    assert "  … 36 more curves" in lines_of(ODD["many curves"])
    assert "  nothing has a time" in lines_of(ODD["empty"])


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", ODD)
def test_odd_timelines_fit_the_width_and_hide_nothing(name: str, width: int) -> None:
    lines = lines_of(ODD[name], width)
    assert max(map(cell_len, lines)) <= max(width, 62)  # the title of an axis may be longer
    assert all(cell_len(line) <= width for line in lines if "UTC," not in line)
    text = "\n".join(lines)
    assert "\x1b" not in text and "\u202e" not in text


def test_color_changes_no_character() -> None:
    colored = "\n".join(lines_of(STEP, color=True))
    plain = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in plain.splitlines()] == lines_of(STEP)


def test_narrow_list_says_of_whom_in_the_text() -> None:
    one = block([], [mark(1, text="restarted")])
    assert any("cart: restarted" in line for line in lines_of(one, width=50))
