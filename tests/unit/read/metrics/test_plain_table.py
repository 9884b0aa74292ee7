"""Numbers read at once are what the careful reader reads, or are left to it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.metrics import files
from octad.read.metrics.csv_table import read_csv, read_plain_csv
from octad.records.series import SeriesSet

CELLS = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**22), 10**22).map(str),
    st.sampled_from(
        ["", "nan", "NaN", "inf", "-Infinity", "1e5", " 2 ", "+.5", "1e999", "-0.0", "1e-400", "3."]
    ),
    st.sampled_from(
        ["-", "null", "1_0", "0x1", "1,5", '"1"', "x", "1 2", "\x1f1", "1\r", "1d5", "nan(1)", "１"]
    ),
)
TIMES = st.one_of(
    st.integers(0, 3 * 10**9).map(str),
    st.integers(10**10, 10**21).map(str),
    st.floats().map(repr),
    st.datetimes().map(lambda one: one.isoformat()),
    st.datetimes().map(lambda one: one.isoformat(" ") + "Z"),
    st.sampled_from(["", "soon", "20260131"]),
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Tables, most of them plain, with whatever may be unusual."""
    width = draw(st.integers(1, 3))
    common = draw(st.sampled_from([st.integers(0, 3 * 10**9).map(str), TIMES]))
    cells = draw(st.sampled_from([st.floats().map(repr), CELLS]))
    separator = draw(st.sampled_from(",;\t"))
    end = draw(st.sampled_from(["\n", "\r\n", "\n\n"]))
    names = [f"é{i}" if draw(st.booleans()) else f"s.m{i}_total" for i in range(width)]
    rows = [[draw(common), *(draw(cells) for _ in range(width))] for _ in range(draw(st.integers(0, 5)))]
    if draw(st.integers(0, 9)) == 0 and rows:
        rows[-1].append("1")
    return end.join(separator.join(row) for row in (["time", *names], *rows)) + draw(
        st.sampled_from(["", end])
    )


def exactly(found: SeriesSet) -> list[str]:
    """All of it, so that two zeros and two gaps differ where they differ."""
    return [repr(one.model_dump()) for one in found.series]


def read_carefully(text: str) -> SeriesSet | None:
    try:
        return read_csv(text, "f")
    except InputError:
        return None


@given(tables())
@example("time,a\n1,2\n")
@example("time,a\n1,2")
@example("time,a,b\n1,,\n2,,3\n")
@example("time;a\r\n1;2\r\n")
@example("time,a\n1700000000000,2\n3,4\n")
@example('"ti,me",a\n1,2\n')
@example("time,a\n2026-01-31T12:00:00Z,2\n\n")
@example("time,a\n1,\x1f1\n")
@example("time,a\n\n")
@example("time,a\n1,2\n1,3\n0,nan\n")
def test_both_readers_read_the_same(text: str) -> None:
    plain = read_plain_csv(text.encode(), "f")
    if plain is not None:
        careful = read_carefully(text)
        assert careful is not None and exactly(plain) == exactly(careful)


@pytest.mark.parametrize(
    "text",
    ["time,a\n1,2\n", "time,a,b\n1,,2\n2,3,\n", "\ufefft;a\r\n2026-01-31 12:00;2\r\n", "t,é\n1,2\n2,1e5"],
)
def test_what_is_plain_is_read_at_once(text: str) -> None:
    found = read_plain_csv(text.encode(), "f")
    assert found is not None and exactly(found) == exactly(read_csv(text.removeprefix("\ufeff"), "f"))


@pytest.mark.parametrize(
    "text",
    [
        "time,a\n1,null\n",
        'time,a\n1,"2"\n',
        "time,a\n1,2\n\n3,4\n",
        "time,a\n1,2,3\n",
        "time,a\n",
        "",
        "a\n1\n",
    ],
)
def test_what_is_not_plain_is_left_to_the_careful_reader(text: str) -> None:
    assert read_plain_csv(text.encode(), "f") is None


def test_large_tables_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL", 0)
    monkeypatch.setattr(files, "read_csv", None)
    (tmp_path / "a.csv").write_text("time,api.latency\n1,0.5\n2,\n")
    (one,) = files.read_series(tmp_path / "a.csv").series
    assert (one.times, one.values, one.lines, one.flags) == ((1, 2), (0.5, None), (2, 3), ("gaps",))


def test_series_of_a_table_hold_their_times_once() -> None:
    rows = "".join(f"{i},{math.sin(i)},{math.cos(i)}\n" for i in range(9))
    for found in (read_csv(f"t,a,b\n{rows}", "f"), read_plain_csv(f"t,a,b\n{rows}".encode(), "f")):
        assert found is not None
        first, second = found.series
        assert first.times is second.times and first.lines is second.lines
