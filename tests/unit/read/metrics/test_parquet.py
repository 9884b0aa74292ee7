from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from octad.errors import InputError, MissingExtra
from octad.read.metrics.files import read_series
from octad.records.series import SeriesSet


def read(folder: Path, **columns: object) -> SeriesSet:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table(columns), folder / "m.parquet")
    return read_series(folder / "m.parquet")


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "m").write_bytes(b"PAR1 and more")
    with pytest.raises(MissingExtra, match=r"pip install 'octad\[ops\]'"):
        read_series(tmp_path / "m")


def test_columns_are_series(tmp_path: Path) -> None:
    found = read(tmp_path, t=[1.7e12, 1.7e12 + 500], a=[1, None], b=[2.5, float("inf")]).series
    assert [one.name for one in found] == ["a", "b"]
    assert found[0].times == (1.7e9, 1.7e9 + 0.5)
    assert (found[0].values, found[1].values) == ((1, None), (2.5, None))
    assert found[1].flags == ("gaps", "infinite")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_timestamps_are_found_wherever_they_stand(tmp_path: Path, unit: str) -> None:
    arrow = pytest.importorskip("pyarrow")
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    for zone, flags in (("Europe/Berlin", ()), (None, ("no-zone",))):
        times = arrow.array([moment.timestamp()]).cast("int64")
        factor = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
        times = arrow.array([times[0].as_py() * factor]).cast(arrow.timestamp(unit, tz=zone))
        (one,) = read(tmp_path, a=[3], index=times).series
        assert (one.name, one.times, one.flags) == ("a", (moment.timestamp(),), flags)
    (one,) = read(tmp_path, time=["2026-01-02T00:00:00Z"], a=[3]).series
    assert one.times == (moment.timestamp(),)


def test_what_is_no_table_of_numbers_is_refused(tmp_path: Path) -> None:
    for columns, said in (
        ({"t": [1.0], "a": ["x"]}, "column 'a' holds no numbers but string"),
        ({"t": [1.0, None], "a": [1, 2]}, "row 2: 'None' is no time"),
        ({"t": [1.0]}, "needs a time and columns"),
    ):
        with pytest.raises(InputError, match=said):
            read(tmp_path, **columns)
    (tmp_path / "m.parquet").write_bytes(b"PAR1" + b"x" * 50 + b"PAR1")
    with pytest.raises(InputError, match="damaged Parquet"):
        read_series(tmp_path / "m.parquet")
