"""Series of traces are whose they say, and what they say; the graph is who calls whom."""

from __future__ import annotations

import pytest

from octad.records.series import split_name
from octad.records.traces import BINS, Tally, TracedCall, TracedService, Traces, quantile
from octad.signals.metric_polarity import direction
from octad.signals.quantity import place, whose
from octad.signals.trace_series import PAUSE, graph_of_traces, series_of


def tally(*buckets: int, count: int = 4, errors: int = 1, place: int = 160) -> Tally:
    """The same in each of some buckets."""
    many = len(buckets)
    return Tally(
        buckets=buckets,
        counts=(count,) * many,
        errors=(errors,) * many,
        seconds=(0.1,) * many,
        histograms=(((place, count),),) * many,
    )


def traces(**update: object) -> Traces:
    shop = Traces(
        services=(
            TracedService(name="cart", requests=tally(0, 1, 3)),
            TracedService(
                name="v1.web", requests=tally(0, 1, 2, 3), calls=tally(0, 3), own=tally(0, 1, 2, 3)
            ),
        ),
        calls=(
            TracedCall(caller="v1.web", callee="cart", at_caller=tally(0, 1, 3), at_callee=tally(0, 1, 3)),
        ),
        start=1000.0,
        interval=8.0,
        first=1000.0,
        last=1031.9,
        spans=20,
        source="t.json",
    )
    return shop.model_copy(update=update)


def test_every_series_has_its_quantity_and_its_service() -> None:
    services = ("cart", "v1.web")
    found = {one.name: place(*split_name(one.name, services), services) for one in series_of(traces())}
    assert found == {
        "cart.server_latency_p50": ("cart", "latency"),
        "cart.server_latency_p95": ("cart", "latency"),
        "cart.server_requests": ("cart", "traffic"),
        "cart.server_errors": ("cart", "failure"),
        "v1.web.server_latency_p50": ("v1.web", "latency"),
        "v1.web.server_latency_p95": ("v1.web", "latency"),
        "v1.web.server_requests": ("v1.web", "traffic"),
        "v1.web.server_errors": ("v1.web", "failure"),
        "v1.web.client_latency_p95": ("v1.web", "outgoing"),
        "v1.web.self_latency_p95": ("v1.web", "self"),
        "caller_latency_p50.v1.web_cart": ("cart", "caller"),
        "caller_latency_p95.v1.web_cart": ("cart", "caller"),
        "callee_latency_p50.v1.web_cart": ("cart", "callee"),
        "callee_latency_p95.v1.web_cart": ("cart", "callee"),
        "caller_calls.v1.web_cart": ("cart", "traffic"),
        "caller_errors.v1.web_cart": ("cart", "failure"),
    }


def test_which_way_is_worse_is_known_of_all() -> None:
    services = ("cart", "v1.web")
    for one in series_of(traces()):
        _, words = whose(*split_name(one.name, services), services)
        assert direction(words) == ("latency" in one.name or "errors" in one.name), one.name


def test_a_bucket_without_calls_is_no_latency_and_no_call() -> None:
    found = {one.name: one for one in series_of(traces())}
    latency, count = found["cart.server_latency_p95"], found["cart.server_requests"]
    assert latency.times == count.times == (1000.0, 1008.0, 1016.0, 1024.0)
    assert latency.values[2] is None and None not in (*latency.values[:2], latency.values[3])
    assert count.values == (4.0, 4.0, 0.0, 4.0) and found["cart.server_errors"].values == (1.0, 1.0, 0.0, 1.0)
    assert latency.unit == "s" and latency.source == "t.json"


def test_counts_of_a_bucket_that_was_watched_in_part_are_not_known() -> None:
    found = {one.name: one for one in series_of(traces(first=1004.0, last=1026.0))}
    assert found["cart.server_requests"].values == (None, 4.0, 0.0, None)
    assert found["cart.server_latency_p95"].values[0] is not None


@pytest.mark.parametrize(("pause", "length"), [(PAUSE, PAUSE + 1), (PAUSE + 1, 2)])
def test_a_long_pause_of_all_is_no_observation(pause: int, length: int) -> None:
    service = TracedService(name="cart", requests=tally(0, pause))
    found = series_of(traces(services=(service,), calls=(), last=1000.0 + 8 * (pause + 0.99)))
    assert {len(one.times) for one in found} == {length}


def test_the_end_that_wrote_no_spans_has_no_series() -> None:
    call = TracedCall(caller="cart", callee="redis", at_caller=tally(0, 1))
    names = {one.name for one in series_of(traces(services=(), calls=(call,)))}
    assert names == {
        f"caller_{what}.cart_redis" for what in ("latency_p50", "latency_p95", "calls", "errors")
    }
    call = TracedCall(caller="web", callee="cart", at_callee=tally(0, 1))
    names = {one.name for one in series_of(traces(services=(), calls=(call,)))}
    assert names == {f"callee_{what}.web_cart" for what in ("latency_p50", "latency_p95", "calls", "errors")}


def test_a_name_may_be_anything() -> None:
    call = TracedCall(caller="{x", callee="{}", at_caller=tally(0, 1))
    service = TracedService(name="{0}%s", requests=tally(0, 1))
    names = {one.name for one in series_of(traces(services=(service,), calls=(call,)))}
    assert {"caller_calls.{x_{}", "{0}%s.server_latency_p50"} <= names


def test_no_traces_are_no_series_and_no_graph() -> None:
    assert series_of(Traces()) == () and graph_of_traces(Traces()).nodes == ()


def test_the_graph_is_who_calls_whom() -> None:
    calls = (
        TracedCall(caller="web", callee="cart"),
        TracedCall(caller="web", callee="web"),
        TracedCall(caller="cart", callee="orders", kind="messages"),
    )
    services = (
        TracedService(name="web"), TracedService(name="cart"), TracedService(name="orders", kind="queue"),
    )  # fmt: skip
    found = graph_of_traces(Traces(services=services, calls=calls, source="t.json"))
    assert [(node.id, node.kind) for node in found.nodes] == [
        ("web", "service"), ("cart", "service"), ("orders", "queue"),
    ]  # fmt: skip
    assert [(edge.source, edge.target, edge.kind) for edge in found.edges] == [
        ("web", "cart", "calls"), ("cart", "orders", "messages"),
    ]  # fmt: skip
    assert found.source == "t.json"


def test_quantiles_are_right_within_a_bin() -> None:
    one_ms = ((int(19.93 * BINS), 100),)
    assert quantile(one_ms, 0.5) == pytest.approx(1e-3, rel=0.1)
    two = ((80, 90), (160, 10))
    assert quantile(two, 0.5) < 2e-6 and quantile(two, 0.95) == pytest.approx(2**20 / 1e9, rel=0.1)
    values = [quantile(two, share / 100) for share in range(101)]
    assert values == sorted(values)


def test_a_tally_whose_columns_differ_is_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        Tally(buckets=(0,), counts=())


def test_traces_are_the_same_after_json() -> None:
    assert Traces.model_validate_json(traces().model_dump_json()) == traces()
