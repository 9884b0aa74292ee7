"""Services as items: who is known, from the graph or from what is measured and said, and who calls whom."""

from __future__ import annotations

import numpy as np

from octad.encoders.services import MOST, ServiceEncoder, series_of
from octad.records.graph import Edge, Graph, Node
from octad.records.logs import Logs, LogTemplate
from octad.records.series import Comparison, Series, SeriesSet

ENCODER = ServiceEncoder()
GRAPH = Graph(
    nodes=(Node(id="web", line=3), Node(id="cart", kind="queue", line=5), Node(id="db")),
    edges=(
        Edge(source="web", target="cart"),
        Edge(source="cart", target="db"),
        Edge(source="web", target="db"),
    ),
    source="graph.dot",
)


def metrics(*names: str) -> SeriesSet:
    return SeriesSet(series=tuple(Series(name=name, times=(0.0,), values=(1.0,)) for name in names))


def logs(*services: str) -> Logs:
    return Logs(templates=tuple(LogTemplate(template="x", service=one, count=1) for one in services))


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None, None, None) is None
    assert ENCODER.items(Graph(), metrics("cpu"), logs("")) is None


def test_nodes_with_their_edges_both_ways_and_places() -> None:
    found = ENCODER.items(GRAPH, None, None)
    assert found is not None and found.names == found.subjects == ("cart", "db", "web")
    assert found.texts == ("queue cart", "service db", "service web")
    edges = {tuple(edge) for edge in found.edges.tolist()}
    assert edges == {(2, 0, 0), (0, 1, 0), (2, 1, 0), (0, 2, 1), (1, 0, 1), (1, 2, 1)}
    assert [(a.path, a.line) for a in found.anchors if a] == [
        ("graph.dot", 5),
        ("graph.dot", 1),
        ("graph.dot", 3),
    ]
    known, first, last, out, into = found.numbers[:, :5].T
    assert known.tolist() == [1, 1, 1] and first.tolist() == [0, 0, 1] and last.tolist() == [0, 1, 0]
    np.testing.assert_allclose(np.expm1(out), [1, 0, 2], rtol=1e-5)
    np.testing.assert_allclose(np.expm1(into), [1, 2, 0], rtol=1e-5)


def test_who_is_measured_or_heard_is_a_service_too() -> None:
    found = ENCODER.items(GRAPH, metrics("mail.cpu", "cart.cpu", "cpu"), logs("cart", "cart", "job", ""))
    assert found is not None and found.names == ("cart", "db", "job", "mail", "web")
    assert found.numbers[:, 0].tolist() == [1, 1, 0, 0, 1] and found.anchors[2] is None
    seen, said = np.expm1(found.numbers[:, 5:7]).T
    np.testing.assert_allclose(said, [2, 0, 1, 0, 0], atol=1e-5)
    np.testing.assert_allclose(seen > 0, [True, False, False, True, False])


def test_no_graph_no_edges() -> None:
    found = ENCODER.items(None, metrics("b.cpu", "a.cpu"), None)
    assert found is not None and found.names == ("a", "b") and found.edges.shape == (0, 3)


def test_too_many_leave_those_that_most_is_known_of() -> None:
    nodes = tuple(Node(id=f"s{i:03}") for i in range(MOST + 20))
    edges = tuple(Edge(source=one.id, target="s147") for one in nodes)
    found = ENCODER.items(Graph(nodes=nodes, edges=edges), metrics("s147.cpu"), logs("s140"))
    assert found is not None and len(found) == MOST and {"s147", "s140"} <= set(found.names)
    assert found.edges[:, :2].max() < MOST


def test_series_of_both_sides_are_counted_once() -> None:
    sides = Comparison(before=metrics("a.x", "b.x"), after=metrics("b.x", "c.x"))
    assert [one.name for one in series_of(sides)] == ["a.x", "b.x", "c.x"]
    assert series_of(None) == ()
