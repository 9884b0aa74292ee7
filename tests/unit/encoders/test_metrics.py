"""Metrics of an incident: those that deviate, whose they are, when it began."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.encoders.metrics import MOST, MetricEncoder
from octad.encoders.series_items import Kind
from octad.records.graph import Graph, Node
from octad.records.instant import Instant
from octad.records.series import Series, SeriesSet
from octad.signals.change_point import DEVIATION
from octad.signals.series_patches import HUGE

ENCODER = MetricEncoder("metrics", "graph", "at")
START, POINTS, BROKE = 1_700_000_000.0, 60, 36


def series(name: str, values: list[float | None], **fields: object) -> Series:
    times = tuple(START + 60.0 * i for i in range(len(values)))
    return Series.model_validate({"name": name, "times": times, "values": tuple(values), **fields})


def incident(count: int = 6, factor: float = 8.0) -> SeriesSet:
    """Calm series, of which `s0.latency` leaves its level at a known step."""
    rng = np.random.default_rng(0)
    held = []
    for i in range(count):
        values = rng.lognormal(0, 0.05, POINTS)
        values[BROKE:] *= factor if i == 0 else 1.0
        lines = tuple(range(2, POINTS + 2))
        held.append(series(f"s{i}.latency", values.tolist(), source="m.csv", lines=lines))
    return SeriesSet(series=tuple(held[::-1]))


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None) is None and ENCODER.items(SeriesSet()) is None


def test_what_left_its_level_has_most_evidence_and_an_anchor_where_it_did() -> None:
    found = ENCODER.items(incident())
    assert found is not None
    heads = [i for i, kind in enumerate(found.kinds) if kind == Kind.SERIES]
    assert [found.names[i] for i in heads] == [f"s{i}.latency" for i in range(6)]
    evidence = np.abs(found.numbers[heads, DEVIATION.index("evidence")])
    assert evidence[0] > 2 * evidence[1:].max()
    place = found.anchors[0]
    assert place is not None and abs(place.line - 2 - BROKE) <= 2
    assert found.subjects[0] == "s0"


@pytest.mark.parametrize("at", [0.0, START, START + 60.0 * POINTS, START + 1e9])
def test_a_time_beside_all_that_was_seen_does_no_harm(at: float) -> None:
    found = ENCODER.items(incident(), None, Instant(time=at))
    assert found is not None and np.isfinite(found.numbers).all()


def test_too_many_metrics_leave_those_that_deviate_most() -> None:
    found = ENCODER.items(incident(MOST + 10))
    assert found is not None
    heads = [name for name, kind in zip(found.names, found.kinds, strict=True) if kind == Kind.SERIES]
    assert len(heads) == MOST and heads == sorted(heads) and "s0.latency" in heads


def test_a_call_belongs_to_the_service_that_is_called() -> None:
    graph = Graph(nodes=(Node(id="web"), Node(id="cart")))
    found = ENCODER.items(SeriesSet(series=(series("source_50.web_cart", [1.0, 2.0, 1.0]),)), graph)
    assert found is not None and found.subjects[0] == "cart"


VALUES = st.lists(st.floats(-HUGE, HUGE) | st.just(float("nan")) | st.none(), min_size=1, max_size=40)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.sampled_from(["a.cpu", "a.latency", "b.errors", "x"]), VALUES, min_size=1))
def test_finite_whatever_comes(held: dict[str, list[float | None]]) -> None:
    found = ENCODER.items(SeriesSet(series=tuple(series(*one) for one in held.items())))
    assert found is not None and np.isfinite(found.numbers).all()


def test_series_without_points_are_items_too() -> None:
    found = ENCODER.items(SeriesSet(series=(series("a.cpu", []), series("b.cpu", [None, None]))))
    assert found is not None and np.isfinite(found.numbers).all()
