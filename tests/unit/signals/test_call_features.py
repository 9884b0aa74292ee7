"""The two ends of calls: who delays, where failures are born, whose calls get lost."""

from __future__ import annotations

import numpy as np
import pytest

from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series
from octad.signals.call_features import CALL_FEATURES, call_features, pairs_of
from octad.signals.change_point import Window, evidence, shifts
from octad.signals.levels import Floats
from octad.signals.system import System, observe

CALLS = (("web", "cart"), ("cart", "db"), ("web", "mail"))
GRAPH = Graph(
    nodes=tuple(Node(id=name) for name in ("web", "cart", "db", "mail")),
    edges=tuple(Edge(source=a, target=b) for a, b in CALLS),
)
TIMES = tuple(60.0 * step for step in range(12))
WINDOW = Window(1.0, 8, 12)


def series(name: str, usual: float, since: float, seed: int) -> Series:
    values = np.random.default_rng(seed).lognormal(0, 0.03, 12) * np.where(np.arange(12) < 8, usual, since)
    return Series(name=name, times=TIMES, values=tuple(values.tolist()))


def ends(slow: set[tuple[str, str]], served: float = 1.0) -> list[Series]:
    """Latencies at both ends; some callers wait a second longer."""
    found = []
    for at, (caller, callee) in enumerate(CALLS):
        since = 0.02 * served
        waited = since + 0.002 + ((caller, callee) in slow)
        found.append(series(f"callee_latency_p95.{caller}_{callee}", 0.02, since, at))
        found.append(series(f"caller_latency_p95.{caller}_{callee}", 0.022, waited, at))
    return found


def table_of(system: System) -> Floats:
    return call_features(system, pairs_of(system), WINDOW, evidence(*shifts(system.level, WINDOW)))


def numbers(held: list[Series], graph: Graph = GRAPH) -> dict[str, dict[str, float]]:
    case = observe(held, graph)
    table = table_of(case.system)
    assert table.shape == (len(case.services), len(CALL_FEATURES)) and np.isfinite(table).all()
    return {
        name: dict(zip(CALL_FEATURES, row.tolist(), strict=True))
        for name, row in zip(case.services, table, strict=True)
    }


def test_a_delay_lies_where_most_calls_came_apart() -> None:
    found = numbers(ends({("web", "cart"), ("cart", "db")}))
    assert max(found, key=lambda name: found[name]["gap-fit"]) == "cart"
    assert found["cart"]["gap-fit"] > 0.8 and found["cart"]["gap-share"] > 0.95
    assert found["cart"]["gap-in"] > 1 and found["cart"]["gap-out"] > 1 and found["mail"]["gap-in"] < 0.5


def test_a_slow_callee_is_no_delay() -> None:
    assert max(one["gap-mean"] for one in numbers(ends(set(), served=30.0)).values()) < 0.7


def test_one_end_alone_makes_no_pair() -> None:
    held = [one for one in ends({("web", "cart")}) if one.name.startswith("caller")]
    assert not any(one["gaps"] or one["gap-in"] for one in numbers(held).values())


def test_statistics_are_paired_with_their_own() -> None:
    held = [
        *ends(set()),
        series("source_50.web_cart", 0.01, 0.01, 7),
        series("destination_50.web_cart", 0.01, 0.01, 7),
    ]
    pairs = pairs_of(observe(held, GRAPH).system)
    assert len(pairs.caller) == 4
    names = [held[at].name for at in (*pairs.waited, *pairs.served)]
    assert names[3].startswith("source_50") and names[7].startswith("destination_50")


def test_failures_are_born_where_calls_made_do_not_fail() -> None:
    failing = [
        series("caller_errors.web_cart", 0.2, 20.0, 1),
        series("caller_errors.cart_db", 0.2, 20.0, 2),
        series("caller_errors.web_mail", 0.2, 0.2, 3),
    ]
    found = numbers(failing)
    assert found["db"]["failure-born"] > 1 > abs(found["cart"]["failure-born"])
    assert found["web"]["failure-born"] < 0 and found["cart"]["failure-out"] > 1


def test_calls_are_lost_beyond_what_was_asked_for() -> None:
    asked = [series(f"{name}.server_requests", 50.0, 50.0, at) for at, name in enumerate(("web", "cart"))]
    lost = [
        *asked,
        series("caller_calls.web_cart", 50.0, 2.0, 4),
        series("caller_calls.web_mail", 50.0, 50.0, 5),
    ]
    found = numbers(lost)
    assert found["cart"]["call-lost-relative"] > 0.7 and found["mail"]["call-lost"] < 0.5
    quiet = [series(one.name, 50.0, 2.0, 9) for one in lost]
    assert max(one["call-lost"] for one in numbers(quiet).values()) < 0.5


def test_own_time_counts_where_calls_are_left_out() -> None:
    held = [
        series("web.server_latency_p95", 0.1, 2.0, 1),
        series("web.self_latency_p95", 0.02, 0.02, 2),
        series("cart.server_latency_p95", 0.1, 2.0, 3),
        series("cart.self_latency_p95", 0.02, 1.9, 4),
        series("mail.server_latency_p95", 0.1, 0.9, 5),
    ]
    found = numbers(held)
    assert max(found, key=lambda name: found[name]["self-rises"]) == "cart"
    assert found["web"]["self-rises"] < 0.5 < found["mail"]["self-rises"]
    assert found["web"]["self-callee"] == pytest.approx(found["cart"]["self-rises"])


def test_nothing_is_nothing() -> None:
    case = observe([], GRAPH)
    assert not table_of(case.system).any()
