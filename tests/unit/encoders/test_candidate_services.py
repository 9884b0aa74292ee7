"""Candidate services: what metrics and logs add to what is known of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.encoders.candidate_services import CandidateServiceEncoder
from octad.encoders.services import ServiceEncoder
from octad.records.graph import Edge, Graph, Node
from octad.records.instant import Instant
from octad.records.logs import Logs, LogTemplate
from octad.records.series import Series, SeriesSet
from octad.signals.log_features import LOG_FEATURES
from octad.signals.root_cause_features import FEATURES
from octad.signals.series_patches import HUGE

ENCODER = CandidateServiceEncoder("graph", "metrics", "logs", "at")
PLAIN, LOGGED = ServiceEncoder.size, len(LOG_FEATURES)
GRAPH = Graph(
    nodes=(Node(id="web"), Node(id="cart"), Node(id="db")), edges=(Edge(source="web", target="cart"),)
)


def metrics() -> SeriesSet:
    """`cart` leaves its level at step 36, the others do not."""
    rng = np.random.default_rng(0)
    held = []
    for name in ("web", "cart", "db"):
        values = rng.lognormal(0, 0.05, 60)
        values[36:] *= 8.0 if name == "cart" else 1.0
        times = tuple(60.0 * i for i in range(60))
        held.append(Series(name=f"{name}.latency", times=times, values=tuple(values.tolist())))
    return SeriesSet(series=tuple(held))


def template(service: str, level: str, *buckets: int) -> LogTemplate:
    counts = tuple((bucket, 9) for bucket in buckets)
    return LogTemplate(
        template=f"{service} {level}", service=service, level=level, count=9 * len(buckets), counts=counts
    )


LOGS = Logs(
    templates=(
        template("web", "info", *range(10)),
        template("cart", "info", *range(10)),
        template("cart", "error", 7, 8, 9),
    ),
    start=0.0,
    interval=60.0,
)


def numbers(*records: object) -> dict[str, np.ndarray]:
    found = ENCODER.items(*records)  # type: ignore[arg-type]
    assert found is not None and found.numbers.shape[1] == ENCODER.size
    return dict(zip(found.names, found.numbers, strict=True))


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None, None, None) is None
    assert ENCODER.items(Graph(), SeriesSet(), Logs()) is None


def test_whoever_left_its_level_has_the_largest_numbers() -> None:
    rows = numbers(GRAPH, metrics(), None)
    strength = {name: np.abs(row[PLAIN : PLAIN + len(FEATURES)]).sum() for name, row in rows.items()}
    assert max(strength, key=strength.__getitem__) == "cart"
    assert not any(row[-LOGGED:].any() for row in rows.values())


def logged(row: np.ndarray) -> dict[str, float]:
    return dict(zip(LOG_FEATURES, row[-LOGGED:].tolist(), strict=True))


def test_logs_add_rises_grave_ones_and_news() -> None:
    rows = numbers(GRAPH, None, LOGS, Instant(time=420.0))
    cart, web = logged(rows["cart"]), logged(rows["web"])
    assert cart["rise"] == cart["grave-rise"] > 0.5 and cart["new"] == 0.5 and cart["new-grave-lines"] > 0
    assert cart["grave-since-share"] == cart["new-grave-share"] == 1.0
    assert web["rise"] == web["new"] == web["grave-since-share"] == 0.0 and web["watched"] == 1.0
    assert not rows["db"][-LOGGED:].any()
    assert not any(row[PLAIN : PLAIN + len(FEATURES)].any() for row in rows.values())


def test_logs_are_parted_when_the_metrics_changed() -> None:
    """Nobody says when it began: the latency of `cart` does, at step 36, and the logs of `db` with it."""
    said = template("db", "error", *range(36, 60))
    rows = numbers(
        GRAPH, metrics(), Logs(templates=(said, template("web", "", *range(60))), start=0.0, interval=60.0)
    )
    assert logged(rows["db"])["new"] == 1.0 and logged(rows["web"])["new"] == 0.0


def test_an_empty_graph_is_none() -> None:
    """Then whoever metrics and logs speak of is a candidate."""
    for graph in (None, Graph()):
        found = ENCODER.items(graph, metrics(), LOGS)
        assert found is not None and found.names == ("cart", "db", "web") and all(found.candidates)


def test_who_is_no_node_is_no_candidate_of_a_graph() -> None:
    graph = Graph(nodes=(Node(id="cart"),))
    found = ENCODER.items(graph, metrics(), LOGS)
    assert found is not None and found.names == ("cart",)


def test_logs_without_times_say_how_many() -> None:
    bare = Logs(templates=(LogTemplate(template="x", service="cart", count=3),))
    found = logged(numbers(GRAPH, None, bare)["cart"])
    assert found.pop("templates") == np.float32(np.log1p(1) / 5)
    assert not any(found.values())


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.floats(-HUGE, HUGE) | st.just(float("nan")) | st.none(), max_size=30),
    st.none() | st.floats(-1e3, 1e5),
)
def test_finite_whatever_comes(values: list[float | None], at: float | None) -> None:
    times = tuple(60.0 * i for i in range(len(values)))
    odd = SeriesSet(series=(Series(name="cart.cpu", times=times, values=tuple(values)),))
    rows = numbers(GRAPH, odd, LOGS, None if at is None else Instant(time=at))
    assert all(np.isfinite(row).all() for row in rows.values())
