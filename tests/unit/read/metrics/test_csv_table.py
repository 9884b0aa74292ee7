from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.metrics.csv_table import read_csv
from octad.read.metrics.files import read_series
from octad.records.series import Series, SeriesSet

NAMES = st.from_regex(r"[a-z]{1,8}(\.[a-z ,;\"]{0,6}[a-z])?", fullmatch=True)
VALUES = st.none() | st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.floats(-1e10, 1e10, allow_nan=False)


@st.composite
def tables(draw: st.DrawFn) -> SeriesSet:
    """Series over the same times, as one table holds them."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    times = tuple(sorted(draw(st.lists(TIMES, min_size=1, max_size=12, unique=True))))
    size = len(times)
    columns = [draw(st.lists(VALUES, min_size=size, max_size=size)) for _ in names]
    return SeriesSet(
        series=tuple(
            Series(name=name, times=times, values=tuple(values))
            for name, values in zip(names, columns, strict=True)
        )
    )


def rows_of(table: SeriesSet, separator: str = ",") -> list[str]:
    """A table as lines of text, the header first."""
    quoted = ['"' + one.name.replace('"', '""') + '"' for one in table.series]
    columns = [one.values for one in table.series]
    rows = [
        separator.join([repr(time), *("" if value is None else repr(value) for value in values)])
        for time, *values in zip(table.series[0].times, *columns, strict=True)
    ]
    return [separator.join(["time", *quoted]), *rows]


def plain(found: SeriesSet) -> list[tuple[object, ...]]:
    return [(one.name, one.times, one.values) for one in found.series]


def one_of(text: str) -> Series:
    (one,) = read_csv(text, "f.csv").series
    return one


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_csv(text, "f.csv")
    assert caught.value.hint and "\n" not in str(caught.value)
    return str(caught.value)


@given(tables(), st.sampled_from(",;\t"))
def test_what_is_written_is_read(table: SeriesSet, separator: str) -> None:
    found = read_csv("\n".join(rows_of(table, separator)), "f")
    assert plain(found) == plain(table)
    assert not {flag for one in found.series for flag in one.flags} - {"gaps", "constant", "empty"}


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_but_the_flag(table: SeriesSet, random: object) -> None:
    header, *rows = rows_of(table)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    straight = read_csv("\n".join([header, *rows]), "f")
    found = read_csv("\n".join([header, *shuffled]), "f")
    assert plain(found) == plain(straight)
    for one, other in zip(found.series, straight.series, strict=True):
        assert set(one.flags) - set(other.flags) == ({"unsorted"} if rows != shuffled else set())


def test_columns_are_series_and_each_value_knows_its_line() -> None:
    found = read_csv('time,api.latency,"queue, length"\n1,0.5,3\n\n2,1e3, 4 \n', "m.csv").series
    assert [one.name for one in found] == ["api.latency", "queue, length"]
    assert [one.values for one in found] == [(0.5, 1000), (3, 4)]
    assert found[0].lines == (2, 4) and found[0].source == "m.csv" and found[0].flags == ()


def test_cells_without_a_number_are_gaps() -> None:
    text = "t,a\n" + "".join(
        f"{time},{cell}\n" for time, cell in enumerate(["1", "", "NaN", "null", "N/A", "-", "2"])
    )
    assert one_of(text).values == (1, None, None, None, None, None, 2)
    assert one_of("t,a\n1,inf\n2,1e999\n3,1\n").flags == ("gaps", "infinite")


def test_zones_are_mixed_and_a_time_without_one_is_utc() -> None:
    zoned = one_of("t,a\n2026-03-01T12:00:00+01:00,1\n2026-03-01T11:01:00Z,2\n2026-03-01T06:02:00-0500,3\n")
    assert [time - zoned.times[0] for time in zoned.times] == [0, 60, 120]
    assert zoned.flags == ()
    bare = one_of("t,a\n2026-03-01 11:00:00,1\n2026-03-01T12:01:00+01:00,2\n")
    assert (bare.times[0], bare.flags) == (zoned.times[0], ("no-zone",))


def test_counters_of_a_table() -> None:
    one = one_of("t,api.hits_total\n0,10\n10,40\n20,6\n")
    assert (one.values, one.flags) == ((3, 0.6), ("counter", "resets"))


@pytest.mark.parametrize(
    "text", ["\ufefft,a\r\n1,2\r\n", "t;a\n1;2\n", "t\ta\n1\t2\n", ",a\n1,2\n", 't,"a"\r1,2']
)
def test_marks_and_ends_of_lines_and_separators(tmp_path: Path, text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        (tmp_path / "a.csv").write_bytes(text.encode(encoding))
        (one,) = read_series(tmp_path / "a.csv").series
        assert (one.name, one.times, one.values) == ("a", (1,), (2,))


@pytest.mark.parametrize(
    "text, said",
    [
        ("time,a\n", "f.csv: no rows below the header"),
        ("time\n1\n", "f.csv: no column beside the time"),
        ("1700000000,1\n1700000060,2\n", "f.csv: row 1 is no header"),
        ("time,a,b,a\n1,2,3,4\n", "f.csv: row 1: columns 2 and 4 are both named 'a'"),
        ("time,a,\n1,2,3\n", "f.csv: row 1: column 3 has no name"),
        ("time,a,b\n1,2,3\n2,3\n", "f.csv: row 3 has 2 cells, the header has 3"),
        ("time,a\n1,2\n\n2,3,4\n", "f.csv: row 4 has 3 cells, the header has 2"),
        ("time,a.b\n1,2\n2,fast\n", "f.csv: row 3, column 'a.b': 'fast' is no number"),
        ("time,a\n1,1_000\n", "f.csv: row 2, column 'a': '1_000' is no number"),
        ("time;a\n1;3,5\n", "write numbers with a decimal point"),
        ('time,a\n1,"3,5"\n', "write numbers with a decimal point"),
        ("time,a\n1,12 ms\n", "without unit"),
        ("time,a\nyesterday,1\n", "f.csv: row 2: 'yesterday' is no time"),
        ("time,a\n1,1\n,1\n", "f.csv: row 3: '' is no time"),
        ('time,a\n1,"2\n2,3\n', "f.csv: row 3: unexpected end of data"),
        ("", "f.csv: empty file"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text: str, said: str) -> None:
    assert said in refused(text)


def test_rows_of_nothing_are_no_rows() -> None:
    assert one_of("\n\ntime,a\n,\n1,2\n , \n").times == (1,)
