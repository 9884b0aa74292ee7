"""The graph of what is watched: of traces where none was given, with whoever else is measured."""

from __future__ import annotations

from octad.read.graphs.watched import watched_graph
from octad.records.graph import Graph, Node
from octad.records.logs import Logs, LogTemplate
from octad.records.series import Series
from octad.records.traces import TracedService, Traces

TRACES = Traces(services=(TracedService(name="web"), TracedService(name="cart")), source="t.json")
LOGS = Logs(templates=(LogTemplate(template="lost", service="mail", count=1),))
SERIES = (
    Series(name="pay.cpu", times=(1.0,), values=(1.0,)),
    Series(name="latency.web_cart", times=(1.0,), values=(1.0,)),
)


def names(graph: Graph | None) -> list[str]:
    assert graph is not None
    return [node.id for node in graph.nodes]


def test_nothing_is_made_of_nothing() -> None:
    assert watched_graph(None, SERIES, LOGS) is None


def test_traces_know_only_who_writes_them() -> None:
    found = watched_graph(None, SERIES, LOGS, TRACES)
    assert names(found) == ["web", "cart", "pay", "mail"] and found is not None
    (said,) = found.skipped
    assert (said.path, said.reason) == ("t.json", "lacks services that are watched: pay, mail")
    whole = watched_graph(None, SERIES[1:], None, TRACES)
    assert names(whole) == ["web", "cart"] and whole is not None and whole.skipped == ()


def test_a_graph_that_was_given_stands_before_that_of_the_traces() -> None:
    given = Graph(nodes=(Node(id="web"), Node(id="cart"), Node(id="db")), source="g.json")
    assert names(watched_graph(given, SERIES, LOGS, TRACES)) == ["web", "cart", "db", "pay"]


def test_no_more_than_some_are_named() -> None:
    many = [Series(name=f"s{i}.cpu", times=(1.0,), values=(1.0,)) for i in range(1_200)]
    found = watched_graph(Graph(source="g.json"), many)
    assert found is not None and len(found.nodes) == 1_200
    assert found.skipped[0].reason.endswith("s3, s4 and 1,195 more")
