from __future__ import annotations

import gzip
import os
import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from octad.errors import InputError, MissingExtra
from octad.read import contents
from octad.read.instants import instant
from octad.read.metrics import points as octad_points
from octad.read.metrics.files import read_series
from octad.read.metrics.points import Observed
from octad.records.series import Series

TABLE = "time,api.latency\n1700000000,1\n1700000060,2\n"
ANSWER = '{"data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "2"]]}]}}'
EXPOSITION = '# TYPE up gauge\nup{job="api"} 1 1700000000\n# EOF\n'


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path: Path) -> str:
    """The one line that says why a file cannot be read."""
    with pytest.raises(InputError) as caught:
        read_series(path)
    assert caught.value.hint and "\n" not in str(caught.value)
    return caught.value.message


def observed(*points: tuple[float, float], name: str = "m", counter: bool | None = None) -> Series:
    one = Observed(name, "f", counter=counter)
    for line, (time, value) in enumerate(points, 1):
        one.add(time, value, line)
    return one.series()


@pytest.mark.parametrize("content", [TABLE, ANSWER, EXPOSITION], ids=["table", "answer", "exposition"])
@pytest.mark.parametrize("packed", [False, True])
def test_formats_are_known_by_how_they_begin(tmp_path: Path, content: str, packed: bool) -> None:
    data = gzip.compress(content.encode()) if packed else content.encode()
    found = read_series(written(tmp_path, "export.gz" if packed else "export", data))
    assert [len(one.values) for one in found.series] in ([1], [2])
    assert all(one.source.startswith(str(tmp_path)) for one in found.series)


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("a.csv", b"", "empty file"),
        ("a.txt", b" \n\n", "empty file"),
        ("a.csv", b"\x7fELF\0\0\0\0", "binary file"),
        ("a", random.Random(0).randbytes(4096) + bytes(range(32)) * 100, "binary file"),
        ("a.log", b"started\nready\n", "unknown format"),
        ("a.csv.gz", b"time,a\n1,2\n", "not gzip, or cut off"),
        ("a.csv.gz", gzip.compress(TABLE.encode(), mtime=0)[:-9], "not gzip, or cut off"),
        ("a.json", b"[1, 2]", "JSON, but no answer of Prometheus"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = written(tmp_path, name, content)
    assert refused(path) == f"{path}: {said}"


@given(
    st.sampled_from([".csv", ".prom", ".json", ".csv.gz", ""]),
    st.binary(max_size=60) | st.text('0123456789.,;:-+eTZ"{}[]=# \n\tan_', max_size=60).map(str.encode),
)
@example("", b"PAR1")
def test_whatever_lies_there_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, ending: str, data: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp(), f"any{ending}", data)
    try:
        read_series(path)
    except (InputError, MissingExtra) as error:
        assert error.hint and error.message.startswith(str(path))


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "no.csv").endswith("no.csv: cannot be read: no such file or directory")
    assert refused(tmp_path / "pipe.csv").endswith("not a regular file but a named pipe")
    assert refused(tmp_path).endswith("not a regular file but a folder")
    assert refused(tmp_path / "\0").endswith("not a valid path")


def test_too_large_is_refused_before_it_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "sparse.csv").open("wb") as file:
        file.truncate(1_000_000_000)
    assert "larger than 256,000,000 bytes" in refused(tmp_path / "sparse.csv")
    bomb = written(tmp_path, "bomb.csv.gz", gzip.compress(b"0" * 257_000_000, compresslevel=1, mtime=0))
    assert "larger than 256,000,000 bytes when expanded" in refused(bomb)
    assert contents.MAX_BYTES == 64_000_000
    large = written(tmp_path, "a.json", b"[" + b" " * 64_000_000 + b"]")
    assert "JSON larger than 64,000,000 bytes" in refused(large)
    monkeypatch.setattr(octad_points, "MAX_CELLS", 2)
    for name, content in (
        ("a.csv", "time,a,b\n1,2,3\n2,3,4\n"),
        ("a.prom", "a 1 1\na 1 2\na 1 3\n"),
        ("a.json", ANSWER.replace("[1, ", "[0, 1], [1, 1], [2, ")),
    ):
        assert "more than 2 values" in refused(written(tmp_path, name, content))


@pytest.mark.parametrize(
    "text, seconds, zoned",
    [
        ("1700000000", 1.7e9, True),
        ("1700000000.25", 1700000000.25, True),
        ("1700000000250", 1700000000.25, True),
        ("1700000000250000", 1700000000.25, True),
        ("1700000000250000000", 1700000000.25, True),
        ("-60", -60, True),
        ("2023-11-14T22:13:20Z", 1.7e9, True),
        (" 2023-11-14 22:13:20 ", 1.7e9, False),
        ("2023-11-15T00:13:20+02:00", 1.7e9, True),
        ("2023-11-14 22:13:20.250 +0000", 1700000000.25, True),
        ("2023-11-14 22:13:20 UTC", 1.7e9, True),
        ("2023-11-14T22:13:20,250000000Z", 1700000000.25, True),
        ("2023-11-14", 1699920000, False),
    ],
)
def test_times_in_every_spelling(text: str, seconds: float, zoned: bool) -> None:
    # Nanoseconds have more digits than a float; a microsecond is enough.
    assert instant(text) == (pytest.approx(seconds, abs=1e-6), zoned)


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1e30", "soon", "2023-13-01", "2023-02-30T00:00:00", "14.11.23"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        instant(text)


def test_points_are_sorted_and_the_last_observed_of_equal_times_wins() -> None:
    nan = float("nan")
    one = observed((3, 3), (1, 1), (2, 5), (2, 6), (2, nan))
    assert (one.times, one.values, one.lines) == ((1, 2, 3), (1, 6, 3), (2, 4, 1))
    assert one.flags == ("duplicates", "unsorted")


def test_flags_of_gaps_and_of_values_that_say_nothing() -> None:
    nan, inf = float("nan"), float("inf")
    assert observed((1, 1), (2, nan), (3, 2)).values == (1, None, 2)
    assert observed((1, 1), (2, nan), (3, 2)).flags == ("gaps",)
    assert observed((1, 1), (2, 2), (3, 3), (9, 4)).flags == ("gaps",)
    assert observed((1, 1), (2, 2.5), (3, 1)).flags == ()
    assert observed((1, 7), (2, 7)).flags == ("constant",)
    assert observed((1, 7)).flags == ()
    assert observed((1, nan), (2, nan)).flags == observed().flags == ("empty",)
    assert observed((1, inf), (2, 1), (3, -inf)).flags == ("gaps", "infinite")
    assert observed((1, inf), (2, 1), (3, -inf)).values == (None, 1, None)


def test_counters_become_rates_also_over_resets_and_gaps() -> None:
    nan = float("nan")
    one = observed((0, 10), (10, 30), (20, nan), (30, 50), (40, 5), name="api.hits_total")
    assert (one.times, one.values) == ((10, 20, 30, 40), (2, None, 1, 0.5))
    assert (one.flags, one.lines) == (("counter", "gaps", "resets"), (2, 3, 4, 5))
    assert observed((0, 5), name="hits_total").flags == ("counter", "empty")
    assert observed((0, nan), (10, 0), (20, 10), name="hits_total{code=5}").values == (None, 1)
    steep = observed((0, -1e308), (1e-300, 1e308), (1, 1e308), counter=True)
    assert steep.values == (None, 0) and "infinite" in steep.flags


def test_a_total_per_interval_is_no_counter() -> None:
    points = tuple(enumerate([5.0, 9, 4, 8, 3, 7]))
    assert observed(*points, name="orders_total").values == (5, 9, 4, 8, 3, 7)
    assert "counter" in observed(*points, name="orders_total", counter=True).flags
    assert "counter" not in observed((0, 1), (1, 2), name="hits_total", counter=False).flags
    assert "counter" not in observed((0, 1), (1, 2), name="a_total / b_total").flags


@given(st.lists(st.floats(0, 1e6, width=32), min_size=2, max_size=20), st.integers(1, 19))
def test_rates_give_back_what_a_counter_grew(steps: list[float], restart: int) -> None:
    total, points = 0.0, []
    for time, step in enumerate(steps):
        total = step if time == restart else total + step
        points.append((60.0 * time, total))
    rates = observed(*points, counter=True).values
    # A restart that has already grown beyond the old total cannot be seen; none of these may be negative.
    assert all(rate is not None and rate >= 0 for rate in rates)
    if restart >= len(steps):
        assert rates == pytest.approx([step / 60 for step in steps[1:]], abs=1e-6)
