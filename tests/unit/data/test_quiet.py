"""Quiet stretches: what is left out of the incident sets, and what is kept together."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
from pathlib import Path

import numpy as np
import pytest

from octad.data.quiet import Quiet, graph_of, nab, nezha, outside, petshop
from octad.errors import UnreadableInput


def test_labelled_windows_are_left_out() -> None:
    times = np.arange(10) * 3600
    windows = [["1970-01-01 02:00:00.000000", "1970-01-01 04:00:00.000000"]]
    first, last = outside("realX/ec2_cpu_utilization_1.csv", times, times / 3600.0, windows)
    assert first.values[:, 0].tolist() == [0, 1] and last.values[:, 0].tolist() == [5, 6, 7, 8, 9]
    assert first.names == (("ec2_cpu_utilization_1", "cpu_utilization"),)
    (whole,) = outside("realX/y.csv", times, times / 3600.0, [])
    assert len(whole) == 10


def test_repeated_and_unsorted_times_are_put_right() -> None:
    (one,) = outside("realX/y.csv", np.array([60, 0, 60]), np.array([1.0, 0.0, 2.0]), [])
    assert one.times.tolist() == [0, 60] and one.values[:, 0].tolist() == [0, 1]


def test_series_never_observed_are_no_records() -> None:
    values = np.array([[1.0, np.nan], [np.nan, np.nan]])
    window = Quiet("s", "s", (("a", "latency"), ("b", "latency")), np.array([0.0, 60.0]), values)
    (series,) = window.records().series
    assert (series.name, series.values) == ("a.latency", (1.0, None))


def test_services_keep_the_edges_between_them() -> None:
    graph = graph_of([("a", "b"), ("b", "c"), ("c", "c")], {"d"})
    assert len(graph.nodes) == 4 and len(graph.edges) == 2
    names = (("a", "latency"), ("b", "latency"), ("c", "latency"))
    part = Quiet("s", "s", names, np.zeros(1), np.ones((1, 3)), graph).only(["a", "b"])
    assert part.services == ["a", "b"] and part.graph is not None
    assert [(edge.source, edge.target) for edge in part.graph.edges] == [("a", "b")]


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    for name in ("nab", "petshop", "nezha"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_nab_is_read_without_its_artificial_series(sets: Path) -> None:
    t, v = np.arange(3), np.ones(3)
    arrays = {"realA/x.csv|t": t, "realA/x.csv|v": v, "artificialB/y.csv|t": t, "artificialB/y.csv|v": v}
    np.savez(sets / "nab/series.npz", **arrays)
    (sets / "nab/labels.json").write_text('{"windows": {}}')
    assert [one.system for one in nab()] == ["realA"]
    (sets / "nab/series.npz").write_bytes(b"junk")
    with pytest.raises(UnreadableInput, match="nab/series"):
        nab()


def test_petshop_has_its_graph(sets: Path) -> None:
    metrics = (
        "microservice,a,b\nmetric,latency,requests\nstatistic,p99,Sum\nunix_timestamp,,\n300,1.5,\n600,2,7\n"
    )
    graph = ",a,b\na,0.0,1.0\nb,0.0,0.0\n"
    with tarfile.open(sets / "petshop/raw_train.tar.xz", "w:xz") as archive:
        for name, text in (("noissue/metrics.csv", metrics), ("graph.csv", graph)):
            member = tarfile.TarInfo(f"raw/dataset/low/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    (one,) = petshop()
    assert one.names == (("a", "latency_p99"), ("b", "requests")) and one.system == "low"
    assert one.graph is not None and one.graph.edges[0].source == "a"
    assert one.values[:, 0].tolist() == [1.5, 2.0] and np.isnan(one.values[0, 1])


def test_nezha_is_read_up_to_the_injection(sets: Path) -> None:
    metrics = {
        "a": {
            "t": [-210, -150, -90, -30, 30],
            "CpuUsage(m)": [9.0, 1.0, None, 3.0, 9.0],
            "PodSuccessRate(%)": [0] * 5,
        },
        "source_50": {"t": [-30], "a_b": [0.1]},
    }
    fault = {"record": "fault", "inject_time": "2022-08-22 03:00:00", "metrics": metrics}
    with lzma.open(sets / "nezha/onlineboutique.jsonl.xz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in ({"record": "normal_reference"}, fault, fault))
    (one,) = nezha()
    assert one.names == (("a", "CpuUsage(m)"),) and np.diff(one.times).tolist() == [60] * 5
    assert np.array_equal(one.values[:, 0], [1, np.nan, 3, 1, np.nan, 3], equal_nan=True)
    assert one.graph is not None and [edge.target for edge in one.graph.edges] == ["b"]
