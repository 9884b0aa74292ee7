"""Metrics of two sides: every one is an item, whichever side it is on, and stays finite."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.encoders.metric_comparison import MOST, PATCHES, MetricComparisonEncoder
from octad.encoders.series_items import Kind
from octad.records.graph import Graph, Node
from octad.records.series import Comparison, Series, SeriesSet
from octad.signals.shift_statistics import EVIDENCE

ENCODER = MetricComparisonEncoder("metrics", "graph")
Held = dict[str, list[float | None]]


def side(held: Held, start: float = 0.0) -> SeriesSet:
    return SeriesSet(
        series=tuple(
            Series(name=name, times=tuple(start + 60.0 * i for i in range(len(values))), values=tuple(values),
                   source="m.csv")
            for name, values in held.items()
        )
    )  # fmt: skip


def compared(before: Held, after: Held) -> Comparison:
    return Comparison(before=side(before), after=side(after, 1e5))


def heads(found: object) -> list[str]:
    names, kinds = found.names, found.kinds  # type: ignore[attr-defined]
    return [name for name, kind in zip(names, kinds, strict=True) if kind == Kind.SERIES]


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None) is None
    assert ENCODER.items(compared({}, {})) is None


def test_metrics_of_either_side_are_items_by_name() -> None:
    found = ENCODER.items(compared({"b.cpu": [1.0], "a.cpu": [1.0]}, {"c.cpu": [1.0], "a.cpu": [2.0]}))
    assert found is not None and heads(found) == ["a.cpu", "b.cpu", "c.cpu"]
    assert {Kind.PATCH, Kind.LATER} <= set(found.kinds)
    assert found.subjects[0] == "a" and found.numbers.shape[1] == ENCODER.size
    assert found.anchors[0] is not None and found.anchors[0].path == "m.csv"


def test_the_graph_says_where_a_service_ends() -> None:
    case = compared({"shop.cart.db.rows.sum": [1.0]}, {})
    named = ENCODER.items(case, Graph(nodes=(Node(id="shop.cart"),)))
    plain = ENCODER.items(case)
    assert named is not None and plain is not None
    assert (named.subjects[0], plain.subjects[0]) == ("shop.cart", "shop.cart.db.rows")


def test_worse_is_up_whatever_the_metric() -> None:
    rng = np.random.default_rng(0)
    calm, high, low = (list(rng.normal(level, 0.1, 60)) for level in (10.0, 14.0, 6.0))
    found = ENCODER.items(
        compared({"a.latency": calm, "b.latency": calm}, {"a.latency": high, "b.latency": low})
    )
    assert found is not None
    rows = {
        name: row
        for name, row, kind in zip(found.names, found.numbers, found.kinds, strict=True)
        if kind == 0
    }
    sure, delta = EVIDENCE.index("log_p"), EVIDENCE.index("delta")
    assert rows["a.latency"][delta] == pytest.approx(0.25) and rows["b.latency"][delta] == pytest.approx(
        -0.25
    )
    assert rows["a.latency"][sure] > 1 > 0.1 > rows["b.latency"][sure]


def test_too_many_metrics_leave_those_that_changed_most() -> None:
    rng = np.random.default_rng(0)
    before = {f"s{i:03}.latency": list(rng.normal(10, 1, 40)) for i in range(MOST + 20)}
    after = {name: list(rng.normal(10, 1, 40)) for name in before}
    after["s111.latency"] = list(rng.normal(99, 1, 40))
    found = ENCODER.items(compared(before, after))
    assert found is not None
    assert (
        len(heads(found)) == MOST and heads(found) == sorted(heads(found)) and "s111.latency" in heads(found)
    )


def test_sides_have_their_patches_and_no_more() -> None:
    found = ENCODER.items(compared({"a.cpu": [1.0] * 5000}, {"a.cpu": [1.0] * 5000}))
    assert found is not None
    assert [found.kinds.count(kind) for kind in Kind] == [1, PATCHES, PATCHES]


# Nobody measures both what is smaller than 1e-100 and what is larger than 1e100.
NUMBERS = st.floats(allow_infinity=False).map(lambda x: 0.0 if abs(x) < 1e-100 else x)
VALUES = st.lists(NUMBERS | st.none(), max_size=40)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.sampled_from(["a.cpu", "a.latency", "b.errors", "x"]), VALUES), st.data())
def test_finite_whatever_comes(before: Held, data: st.DataObject) -> None:
    after = data.draw(st.dictionaries(st.sampled_from(["a.cpu", "b.errors", "y"]), VALUES))
    found = ENCODER.items(compared(before, after))
    assert (found is None) == (not before and not after)
    if found is not None:
        assert np.isfinite(found.numbers).all()
        assert np.abs(found.numbers).max() < 300, "asinh of the largest numbers over the smallest scale"
