from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.metrics.label_names import disambiguated, series_name
from octad.read.metrics.openmetrics import read_openmetrics
from octad.read.metrics.prometheus_json import read_prometheus
from octad.records.series import Series, SeriesSet, split_name


def answer(*results: object, kind: str = "matrix") -> bytes:
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": results}}).encode()


def result(values: object, **labels: str) -> dict[str, object]:
    return {"metric": {"__name__": labels.pop("name", "up"), **labels}, "values": values}


def by_name(found: SeriesSet) -> dict[str, Series]:
    assert len({one.name for one in found.series}) == len(found.series)
    return {one.name: one for one in found.series}


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_prometheus(data, "f.json")
    assert caught.value.hint and "\n" not in str(caught.value)
    return caught.value.message


@pytest.mark.parametrize(
    "labels, name",
    [
        ({"__name__": "up", "job": "api", "instance": "10.0.0.1:80"}, "api.up{instance=10_0_0_1:80}"),
        ({"__name__": "up", "service": "cart", "job": "k8s", "code": "5"}, "cart.up{code=5,job=k8s}"),
        ({"__name__": "up", "service": "api", "job": "api"}, "api.up"),
        ({"__name__": "up", "instance": "10.0.0.1:80"}, "up{instance=10_0_0_1:80}"),
        (
            {"__name__": "node_load1", "job": "node", "instance": "h:9100"},
            "node_load1{instance=h:9100,job=node}",
        ),
        ({"__name__": "node_cpu", "service": "web"}, "node_cpu"),
        ({"__name__": "machine_cpu_cores", "job": "web"}, "machine_cpu_cores{job=web}"),
        ({"__name__": "hits", "app": "cart", "job": "web"}, "cart.hits{job=web}"),
        ({"__name__": "hits", "job": "shop/cart"}, "cart.hits{job=shop/cart}"),
        ({"__name__": "hits", "pod": "cart-5d6b9c7f4-x2x9k"}, "cart.hits{pod=cart-5d6b9c7f4-x2x9k}"),
        (
            {"__name__": "hits", "pod": "redis-0", "container": "main"},
            "redis.hits{container=main,pod=redis-0}",
        ),
        ({"__name__": "hits", "container": "cart"}, "cart.hits"),
        (
            {"__name__": "container_cpu", "job": "kubelet", "pod": "cart-x2x9k", "service": "k"},
            "cart.container_cpu{job=kubelet,pod=cart-x2x9k}",
        ),
        ({"__name__": "container_cpu", "job": "kubelet", "id": "/"}, "container_cpu{id=/,job=kubelet}"),
        (
            {"__name__": "hits", "job": "kubernetes-pods", "pod": "cart-0"},
            "cart.hits{job=kubernetes-pods,pod=cart-0}",
        ),
        (
            {"__name__": "istio", "app": "web", "source_workload": "web", "destination_workload": "cart"},
            "cart.istio{app=web,source_workload=web}",
        ),
        (
            {
                "__name__": "istio",
                "destination_workload": "unknown",
                "destination_service": "cart.shop.svc.local",
            },
            "cart.istio{destination_service=cart_shop_svc_local,destination_workload=unknown}",
        ),
        ({"__name__": "up", "zone": ""}, "up"),
        ({"job": "api"}, "api.value"),
        ({}, "value"),
    ],
)
def test_the_rule_of_names(labels: dict[str, str], name: str) -> None:
    assert series_name(labels) == name
    head = name.partition("{")[0]
    assert split_name(name)[0] == head.rpartition(".")[0]


def test_names_that_are_alike_are_told_apart() -> None:
    assert disambiguated(["a", "b", "a", "a"]) == ["a", "b", "a#2", "a#3"]


def test_matrix_vector_and_scalar() -> None:
    matrix = by_name(
        read_prometheus(answer(result([[1.5, "2"], [2.5, "NaN"], [3.5, "+Inf"]], job="api")), "f")
    )
    one = matrix["api.up"]
    assert (one.times, one.values, one.source) == ((1.5, 2.5, 3.5), (2, None, None), "f")
    assert one.flags == ("gaps", "infinite")
    vector = answer({"metric": {"job": "a"}, "value": [1, "2"]}, kind="vector")
    assert by_name(read_prometheus(vector, "f"))["a.value"].values == (2,)
    scalar = b'\xef\xbb\xbf{"resultType": "scalar", "result": [1, "2"]}'
    assert by_name(read_prometheus(scalar, "f"))["value"].values == (2,)


def test_a_hole_between_samples_is_a_gap() -> None:
    found = read_prometheus(answer(result([[t, str(t)] for t in (0, 15, 30, 90, 105)])), "f")
    assert found.series[0].flags == ("gaps",)


def test_counters_are_known_without_types() -> None:
    growing = [[0, "10"], [10, "30"], [20, "5"]]
    found = by_name(
        read_prometheus(
            answer(
                result(growing, name="hits_total"),
                result(growing, name="took_bucket", le="+Inf"),
                result(growing, name="took_sum"),
                result(growing, name="took_count"),
                result(growing, name="queue_count"),
                result(growing, name="leaky_bucket"),
            ),
            "f",
        )
    )
    rates = {name for name, one in found.items() if "counter" in one.flags}
    assert rates == {"hits_total", "took_bucket{le=+Inf}", "took_sum", "took_count"}
    assert all(found[name].values == (2, 0.5) and "resets" in found[name].flags for name in rates)


@pytest.mark.parametrize(
    "data, said",
    [
        (
            b'{"status": "error", "errorType": "bad_data", "error": "parse error"}',
            "Prometheus answered: parse error",
        ),
        (b'{"events": []}', "JSON, but no answer of Prometheus"),
        (answer(kind="streams"), "results of type 'streams' are no metrics"),
        (answer(kind="matrix"), "the answer holds no series"),
        (answer(result([])), "the answer holds no series"),
        (answer(3), "result 1 is no series"),
        (answer({"metric": []}), "result 1 is no series"),
        (answer(result([[1, "2"]]), result("x")), "result 2 has no list of values"),
        (answer(result([[1, "2"], [2]])), "result 1, point 2 is no pair of time and value"),
        (answer(result([[1, "two"]])), "result 1, point 1 is no pair"),
        (answer(result([[None, "2"]])), "result 1, point 1 is no pair"),
        (answer(result([["nan", "2"]])), "result 1, point 1 is no pair"),
        (answer(kind="scalar"), "result 1, point 1 is no pair"),
    ],
)
def test_what_is_no_answer_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data) and refused(data).startswith("f.json: ")


POINTS = st.dictionaries(
    st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9
)
SETS = st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), POINTS, min_size=1, max_size=4)


@given(SETS, st.randoms(use_true_random=False))
def test_what_is_written_is_read_in_any_order(points: dict[str, dict[int, float]], random: object) -> None:
    written = [
        (name, time, value) for name, values in points.items() for time, value in sorted(values.items())
    ]
    shuffled = list(written)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    results: dict[str, list[list[object]]] = {}
    for name, time, value in shuffled:
        results.setdefault(name, []).append([time, repr(value)])
    saved = answer(*(result(values, name="m", job=name) for name, values in results.items()))
    text = "".join(f'm{{job="{name}"}} {value!r} {time}\n' for name, time, value in shuffled)
    for found in (read_prometheus(saved, "f"), read_openmetrics(text, "f")):
        for name, values in points.items():
            one = by_name(found)[f"{name}.m"]
            assert dict(zip(one.times, one.values, strict=True)) == values
            assert list(one.times) == sorted(one.times)
