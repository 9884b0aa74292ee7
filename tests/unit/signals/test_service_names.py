"""Services that names of series begin with, with a graph and without one."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series, split_name
from octad.signals.service_names import services_of
from octad.signals.system import observe


def series(*names: str) -> list[Series]:
    return [Series(name=name, times=(0.0, 15.0), values=(1.0, 2.0)) for name in names]


@pytest.mark.parametrize(
    ("name", "services", "parted"),
    [
        ("front_cpu", ("front", "carts"), ("front", "cpu")),
        ("carts_db_cpu", ("carts", "carts_db"), ("carts_db", "cpu")),
        ("carts-db_cpu", ("carts",), ("", "carts-db_cpu")),
        ("carts_db.cpu", ("carts",), ("carts_db", "cpu")),
        ("front-cpu", ("front",), ("front", "cpu")),
        ("front/latency_p99", ("front",), ("front", "latency_p99")),
        ("front:latency:p99", ("front",), ("front", "latency:p99")),
        ("payment_service_cpu", ("payment-service",), ("payment-service", "cpu")),
        ("payment_service_cpu", ("payment-service", "payment_service"), ("payment_service", "cpu")),
        ("frontier_cpu", ("front",), ("", "frontier_cpu")),
        ("front", ("front",), ("", "front")),
        ("front_", ("front",), ("", "front_")),
        ('latency{quantile="0.5"}', (), ("", 'latency{quantile="0.5"}')),
        ("a.b.c", ("a",), ("a", "b.c")),
        ("a.b.c", (), ("a.b", "c")),
        ("", ("a", ""), ("", "")),
    ],
)
def test_the_longest_known_service_that_a_name_begins_with(
    name: str, services: tuple[str, ...], parted: tuple[str, str]
) -> None:
    assert split_name(name, services) == parted
    assert split_name(name, services[::-1]) == parted


@pytest.mark.parametrize("separator", "_-/:.")
def test_services_are_what_names_share_before_the_same_measurements(separator: str) -> None:
    names = [separator.join(pair) for pair in product(("front", "cart"), ("cpu", "latency_p99", "errors"))]
    random.Random(1).shuffle(names)
    assert services_of(series(*names, f"cart{separator}gc_pause")) == ("cart", "front")


def test_a_longer_beginning_is_another_service() -> None:
    names = ["_".join(pair) for pair in product(("cart", "cart_db", "user", "user_db"), ("cpu", "memory"))]
    assert services_of(series(*names)) == ("cart", "cart_db", "user", "user_db")


@pytest.mark.parametrize(
    "names",
    [
        ("http_requests_total", "http_errors_total", "grpc_requests_total", "grpc_errors_total"),
        ("cpu_min", "cpu_max", "memory_min", "memory_max"),
        ("node_cpu", "node_memory", "process_cpu", "process_memory"),
        ("front_cpu", "cart_cpu"),
        ("front_cpu", "front_latency"),
        ("front_speed", "front_colour", "cart_speed", "cart_colour"),
        ("front_cpu", "front_latency", "cart_cpu", "cart_latency", *(f"room{i}" for i in range(9))),
        (),
    ],
)
def test_what_is_no_pattern_of_services_names_none(names: tuple[str, ...]) -> None:
    assert services_of(series(*names)) == ()


def test_nodes_of_a_graph_win_and_dots_say_it_themselves() -> None:
    assert services_of(series("a.cpu", "b.c.cpu", "m")) == ("a", "b.c")
    assert services_of(series("a.cpu"), ("x",)) == ("x",)


def test_series_belong_to_the_nodes_they_begin_with() -> None:
    graph = Graph(nodes=(Node(id="front"), Node(id="cart")), edges=(Edge(source="front", target="cart"),))
    seen = observe(series("cart_cpu", "front_latency", "node_cpu"), graph)
    assert seen.services == ("front", "cart") and seen.system.owner.tolist() == [1, 0, -1]
    alone = observe(series("cart_cpu", "cart_latency", "front_cpu", "front_latency"))
    assert alone.services == ("cart", "front") and alone.system.owner.tolist() == [0, 0, 1, 1]


@given(st.lists(st.text("ab._-:/{", max_size=30), max_size=8), st.text("ab._-:/{", max_size=60))
def test_names_are_parted_without_loss(services: list[str], name: str) -> None:
    service, metric = split_name(name, services)
    assert len(service) + len(metric) + bool(service) in (len(name), len(name) - 1)
    assert name.endswith(metric) and (not service or service in services or name.startswith(service))
    services_of(series(name, *services))
