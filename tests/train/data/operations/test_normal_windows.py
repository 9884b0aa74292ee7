"""Normal stretches: what is left out of the incident sets, and what is kept together."""

from __future__ import annotations

import numpy as np

from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series, SeriesSet
from octad_train.data.operations.incident import Incident
from octad_train.data.operations.nab import Labelled
from octad_train.data.operations.normal_windows import (
    NormalWindow,
    before_injections,
    outside,
    petshop_stretch,
)

GRAPH = Graph(
    nodes=tuple(Node(id=name) for name in "abc"),
    edges=(Edge(source="a", target="b"), Edge(source="b", target="c")),
)


def series(name: str, times: list[float], windows: tuple[tuple[int, int], ...] = ()) -> Labelled:
    return Labelled(name, np.array(times), np.arange(len(times), dtype=float), windows)


def test_labelled_windows_are_left_out() -> None:
    times = [60.0 * number for number in range(10)]
    first, last = outside(series("realX/ec2_cpu_utilization_1.csv", times, ((2, 4),)))
    assert first.values[:, 0].tolist() == [0, 1] and last.values[:, 0].tolist() == [5, 6, 7, 8, 9]
    assert first.names == (("ec2_cpu_utilization_1", "cpu_utilization"),)
    (whole,) = outside(series("realX/y.csv", times))
    assert len(whole) == 10 and whole.names == (("y", "value"),)
    assert not list(outside(series("artificialY/z.csv", times)))


def test_repeated_and_unsorted_times_are_put_right() -> None:
    (one,) = outside(series("realX/y.csv", [60, 0, 60]))
    assert one.times.tolist() == [0, 60] and one.values[:, 0].tolist() == [1, 0]


def test_series_never_observed_are_no_records() -> None:
    values = np.array([[1.0, np.nan], [np.nan, np.nan]])
    window = NormalWindow("s", "s", (("a", "latency"), ("b", "latency")), np.array([0.0, 60.0]), values)
    (series,) = window.records().series
    assert (series.name, series.values) == ("a.latency", (1.0, None))


def test_services_keep_the_edges_between_them() -> None:
    names = (("a", "latency"), ("b", "latency"), ("c", "latency"))
    part = NormalWindow("s", "s", names, np.zeros(1), np.ones((1, 3)), GRAPH).only(["a", "b"])
    assert part.services == ["a", "b"] and part.graph is not None
    assert [(edge.source, edge.target) for edge in part.graph.edges] == [("a", "b")]


def incident(
    seconds: float, series: dict[str, tuple[float | None, ...]], times: tuple[float, ...]
) -> Incident:
    made = tuple(Series(name=name, times=times, values=values) for name, values in series.items())
    return Incident(system="boutique", origin="x", series=SeriesSet(series=made), graph=GRAPH, time=seconds)


def test_a_spell_is_read_as_a_table() -> None:
    one = petshop_stretch(
        incident(0, {"a.b.latency_p99": (1.0, 2.0), "c.requests_Sum": (None, 7.0)}, (0, 300))
    )
    assert one.names == (("a.b", "latency_p99"), ("c", "requests_Sum")) and one.graph is GRAPH
    assert (
        one.values[:, 0].tolist() == [1, 2] and np.isnan(one.values[0, 1]) and one.times.tolist() == [0, 300]
    )


def test_faults_are_read_up_to_the_injection() -> None:
    series: dict[str, tuple[float | None, ...]] = {
        "a.CpuUsage(m)": (9.0, 1.0, None, 3.0, 9.0),
        "a.PodSuccessRate(%)": (0.0,) * 5,
    }
    faults = [
        incident(at, series, tuple(at + second for second in (-210, -150, -90, -30, 30)))
        for at in (600, 1200)
    ]
    other = incident(90_000, {"b.latency": (4.0,)}, (89_990,))
    first, second = before_injections([*faults, other])
    assert first.names == (("a", "CpuUsage(m)"),) and np.diff(first.times).tolist() == [60] * 5
    assert np.array_equal(first.values[:, 0], [1, np.nan, 3, 1, np.nan, 3], equal_nan=True)
    assert np.array_equal(second.values[:, 0], [np.nan, np.nan, 4], equal_nan=True)
