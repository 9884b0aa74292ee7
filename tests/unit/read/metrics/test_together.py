"""Several files of metrics as one set of series."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from octad.errors import InputError
from octad.read.metrics.together import distinguishing, read_together


def answer(path: Path, value: float, *, start: int = 0, **labels: str) -> Path:
    points = [[start + 15 * i, str(value + i % 2)] for i in range(4)]
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        json.dumps({"data": {"resultType": "matrix", "result": [{"metric": labels, "values": points}]}})
    )
    return path


def names(*paths: Path) -> list[str]:
    return [one.name for one in read_together(paths).series]


def test_results_of_two_queries_of_one_shape_are_called_by_their_files(tmp_path: Path) -> None:
    first, second = (answer(tmp_path / f"{name}.json", 1.0, service="cart") for name in ("p99", "cpu.total"))
    assert names(first, second) == ["cart.p99", "cart.cpu_total"]
    assert names(first) == ["cart.value"]
    plain = [answer(tmp_path / f"before_{name}.json", 1.0) for name in ("p99", "errors")]
    assert names(*plain) == ["p99", "errors"]


def test_metrics_without_a_service_keep_their_names(tmp_path: Path) -> None:
    paths = [answer(tmp_path / folder / "m.json", 1.0, __name__="load", zone="z") for folder in "ab"]
    assert names(*paths) == ["load{zone=z,file=a}", "load{zone=z,file=b}"]


def test_what_names_a_service_twice_at_one_time_is_refused(tmp_path: Path) -> None:
    paths = [answer(tmp_path / f"{name}.json", 1.0, __name__="load", service="cart") for name in "ab"]
    with pytest.raises(InputError, match=r"b\.json and .*a\.json both hold the series 'cart.load'"):
        read_together(paths)
    with pytest.raises(InputError, match="both hold the series"):
        same = answer(tmp_path / "c.json", 1.0, service="cart")
        read_together([same, same])


def test_what_goes_on_in_another_file_is_one_series(tmp_path: Path) -> None:
    late = answer(tmp_path / "b.json", 5.0, start=60, __name__="load", service="cart")
    early = answer(tmp_path / "a.json", 1.0, __name__="load", service="cart")
    (one,) = read_together([late, early]).series
    assert one.times == tuple(15.0 * i for i in range(8)) and one.values == (1, 2, 1, 2, 5, 6, 5, 6)
    assert one.lines == () and one.flags == ()


def test_units_that_differ_are_said_and_kept_apart(tmp_path: Path) -> None:
    for name, unit, start in (("a", "seconds", 0), ("b", "milliseconds", 60)):
        samples = "".join(f'took{{service="cart"}} {i} {start + 15 * i}\n' for i in range(4))
        (tmp_path / f"{name}.prom").write_text(f"# TYPE took gauge\n# UNIT took {unit}\n{samples}")
    found = read_together([tmp_path / "a.prom", tmp_path / "b.prom"])
    assert [one.name for one in found.series] == [
        "cart.took{unit=seconds}", "cart.took{unit=milliseconds}",
    ]  # fmt: skip
    (said,) = found.skipped
    assert said.reason == "'cart.took' is measured in milliseconds and seconds: kept apart"


@pytest.mark.parametrize(
    ("paths", "parts"),
    [
        (["before/p99.json", "before/errors.json"], ["p99", "errors"]),
        (["p99_after.json.gz", "errors_after.json.gz"], ["p99", "errors"]),
        (["x/a/m.csv", "x/b/m.csv"], ["a", "b"]),
        (["L.json", "C.json"], ["L", "C"]),
        (["m.csv", "m_2.csv"], ["m", "2"]),
        (["m.csv"], ["m"]),
        (["m.csv", "m.csv"], ["m", "m"]),
    ],
)
def test_what_tells_files_apart(paths: list[str], parts: list[str]) -> None:
    assert distinguishing([Path(one) for one in paths]) == parts
