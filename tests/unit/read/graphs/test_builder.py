from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.read.graphs import builder as octad_builder
from octad.read.graphs.builder import GraphBuilder


def built(*pairs: str) -> GraphBuilder:
    builder = GraphBuilder("g")
    for line, (source, target) in enumerate(pairs, 1):
        builder.edge(source, target, line)
    return builder


def test_nodes_and_edges_are_kept_once() -> None:
    builder = built("ab", "ab")
    builder.node("b", 9, kind="queue", attributes={"x": "1"})
    builder.node("b", 10, kind="store", attributes={"x": "2", "y": "3"})
    graph = builder.graph()
    assert len(graph.edges) == 1 and [node.id for node in graph.nodes] == ["a", "b"]
    b = graph.nodes[1]
    assert (b.line, b.kind, b.attributes) == (1, "queue", {"x": "1", "y": "3"})
    assert graph.flags == ("unknown-nodes",)


def test_loops_are_dropped() -> None:
    graph = built("aa").graph()
    assert graph.edges == () and "self-loops" in graph.flags


@pytest.mark.parametrize(
    "pairs, cyclic",
    [(("ab", "bc", "ac"), False), (("ab", "bc", "cb"), True), (("ab", "ba"), True), (("ab", "cd"), False)],
)
def test_cycles_are_told(pairs: tuple[str, ...], cyclic: bool) -> None:
    assert ("cycles" in built(*pairs).graph().flags) is cyclic


def test_bounds_name_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octad_builder, "MAX_EDGES", 2)
    with pytest.raises(InputError, match="g: line 3: more than 2 edges"):
        built("ab", "bc", "cd")
    monkeypatch.setattr(octad_builder, "MAX_NODES", 2)
    with pytest.raises(InputError, match="g: line 2: more than 2 nodes"):
        built("ab", "bc")
