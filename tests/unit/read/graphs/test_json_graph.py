from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.graphs.json_graph import read_json
from octad.records.graph import Edge, Graph

ODD = st.text(min_size=1, max_size=12).filter(str.strip).filter(lambda name: name.isprintable())
PAIRS = st.lists(st.tuples(ODD, ODD).filter(lambda pair: pair[0] != pair[1]), min_size=1, unique=True)


def ends(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph.edges]


@given(PAIRS, st.sampled_from(["edges", "links"]))
def test_odd_names_survive_lists(pairs: list[tuple[str, str]], key: str) -> None:
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    edges = [{"source": source, "target": target} for source, target in pairs]
    graph = read_json(json.dumps({"nodes": [{"id": name} for name in names], key: edges}), "g.json")
    assert ends(graph) == pairs and [node.id for node in graph.nodes] == names


@given(PAIRS)
def test_odd_names_survive_a_map(pairs: list[tuple[str, str]]) -> None:
    targets: dict[str, list[str]] = {}
    for source, target in pairs:
        targets.setdefault(source, []).append(target)
    assert sorted(ends(read_json(json.dumps(targets), "g.json"))) == sorted(pairs)


def test_what_a_node_is_and_where_it_stands() -> None:
    text = '{"nodes": [\n {"id": "a b", "kind": "queue", "team": "x"},\n {"id": 7}],\n"links": [["a b", 7]]}'
    graph = read_json(text, "g.json")
    assert [(n.id, n.kind, n.line) for n in graph.nodes] == [("a b", "queue", 2), ("7", "service", 3)]
    assert graph.nodes[0].attributes == {"team": "x"} and graph.flags == ()
    assert graph.edges == (Edge(source="a b", target="7"),)


def test_undirected_links_and_halves_of_characters() -> None:
    text = '{"directed": false, "nodes": ["a", "\\ud800"], "edges": []}'
    graph = read_json(text, "g.json")
    assert graph.flags == ("undirected",) and graph.nodes[1].id == "?"


@pytest.mark.parametrize(
    "text, said",
    [
        ('{"a":\n ["b",]}', "g.json: line 2: not JSON"),
        ("[" * 100_000, "g.json: JSON nested too deep"),
        ("[1]", "g.json: line 1: a graph is an object"),
        ("{}", "g.json: names no node"),
        ('{"nodes": [{"x": 1}], "edges": []}', "g.json: nodes[0] has no id"),
        ('{"edges": [{"source": "a"}]}', "g.json: edges[0] has no source and target"),
        ('{"edges": [["a", null]]}', "g.json: edges[0] has no source and target"),
        ('{\n"a": 3}', "g.json: line 2: 'a' maps to no list"),
        ('{\n"a": [null]}', "g.json: line 2: 'a' depends on what is no name"),
        ('{"a": [" "]}', "a node without a name"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json(text, "g.json")
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)
