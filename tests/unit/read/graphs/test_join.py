from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from octad.read.graphs.join import joined
from octad.records.graph import Edge, Graph, Node


def drawn(*edges: str, **labels: str) -> Graph:
    names = dict.fromkeys(end for edge in edges for end in edge.split(">")) | dict.fromkeys(labels)
    return Graph(
        nodes=tuple(Node(id=n, attributes={"label": labels[n]} if n in labels else {}) for n in names),
        edges=tuple(Edge(source=edge.split(">")[0], target=edge.split(">")[1]) for edge in edges),
    )


def ends(graph: Graph) -> list[str]:
    return [f"{edge.source}>{edge.target}" for edge in graph.edges]


def test_short_names_mean_something_else_in_each_diagram() -> None:
    graph = joined([drawn("A>B", A="Orders", B="Stock"), drawn("A>B", A="Stock", B="Files")], "g")
    assert ends(graph) == ["A>B", "B>Files"]


def test_one_label_is_one_node_but_not_within_a_diagram() -> None:
    graph = joined([drawn("a>d1", "a>d2", d1="DB", d2="DB"), drawn("x>y", x="A", y="db")], "g")
    assert ends(graph) == ["a>d1", "a>d2"]


@given(st.lists(st.lists(st.sampled_from(["a>b", "b>c", "c>a", "a>d"]), min_size=1, unique=True), min_size=1))
def test_without_labels_names_are_kept(diagrams: list[list[str]]) -> None:
    graph = joined([drawn(*edges) for edges in diagrams], "g")
    assert set(ends(graph)) == {edge for edges in diagrams for edge in edges}
