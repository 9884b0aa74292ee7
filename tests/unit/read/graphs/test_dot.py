from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.graphs.dot import is_dot, read_dot
from octad.records.graph import Graph

ODD = st.text(st.characters(exclude_characters="\\", exclude_categories=["Cs"]), min_size=1, max_size=12)
PAIRS = st.lists(st.tuples(ODD, ODD).filter(lambda pair: pair[0] != pair[1]), min_size=1, unique=True)


def ends(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph.edges]


def read(body: str) -> Graph:
    return read_dot(f"digraph {{\n{body}\n}}", "g.dot")


@given(PAIRS.filter(lambda pairs: all(name.strip() for pair in pairs for name in pair)))
def test_odd_names_survive(pairs: list[tuple[str, str]]) -> None:
    written = [tuple('"' + name.replace('"', '\\"') + '"' for name in pair) for pair in pairs]
    assert ends(read("\n".join(f"{source} -> {target};" for source, target in written))) == pairs


@pytest.mark.parametrize(
    "body, found",
    [
        ("a -> b -> c", "ab bc"),
        ("a -> {b; c}", "ab ac"),
        ("subgraph cluster_x { label=X; b c } a -> subgraph cluster_x", "ab ac"),
        ("{a b} -> subgraph s {c}", "ac bc"),
        ("a:out:n -> b:in [label=<<b>x</b>>, weight=2][color=red]", "ab"),
        ("a -> b [dir=back]", "ba"),
        ("node [shape=box]; edge [dir=back]; rankdir=LR; a->b // c -> d", "ab"),
        ("a /* -> c */ -> b\n# c -> d", "ab"),
    ],
)
def test_statements(body: str, found: str) -> None:
    assert ends(read(body)) == [(one[0], one[1]) for one in found.split()]
    assert read(body).flags == ()


def test_what_a_node_is_and_where_it_stands() -> None:
    graph = read('"my db" [kind=store, label="a" + "b"]\n-3.5 -> "my db" [kind=reads]')
    assert [(n.id, n.kind, n.line) for n in graph.nodes] == [("my db", "store", 2), ("-3.5", "service", 3)]
    assert graph.nodes[0].attributes == {"label": "ab"} and graph.edges[0].kind == "reads"


def test_undirected_graphs() -> None:
    graph = read_dot("graph { a -- b } graph { b -- c }", "g.dot")
    assert ends(graph) == [("a", "b"), ("b", "c")] and graph.flags == ("undirected",)


def test_how_it_begins() -> None:
    assert is_dot('digraph "x y" {') and is_dot("/* c */ strict graph{")
    assert not is_dot("graph TD\n a{b}") and not is_dot("digraphs")


@pytest.mark.parametrize(
    "text, said",
    [
        ("digraph {\n a -> }", "line 2: expected a node, not '}'"),
        ("digraph {\n a -> b", "line 2: expected a node, an edge or '}'"),
        ('digraph {\n "a', "line 2: expected a node"),
        ("digraph {\n a [x=]", "line 2: expected a value"),
        ("digraph {\n a-b }", "line 2: expected a node, an edge or '}', not '-b }'"),
        ("digraph x", "line 1: expected '{'"),
        ("hello", "line 1: expected 'digraph' or 'graph'"),
        ("digraph {}", "names no node"),
        ("digraph {" + "{" * 100_000, "nested deeper than 64"),
        ("digraph { " + "<" * 100_000, "markup nested deeper than 64"),
        ("digraph { <a", "expected '>'"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_dot(text, "g.dot")
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)
