from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from octad.repository.graph import circle, components, reached, strongly_connected

NODES = [str(number) for number in range(7)]
graphs = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=4, unique=True))


def whole(edges: dict[str, list[str]]) -> dict[str, list[str]]:
    return {node: edges.get(node, []) for node in NODES}


@given(graphs)
def test_components_hold_what_reaches_each_other(edges: dict[str, list[str]]) -> None:
    edges = whole(edges)
    reach = {node: {node, *reached(node, edges)} for node in NODES}
    found = {node: frozenset(one) for one in components(edges) for node in one}
    assert found == {a: frozenset(b for b in reach[a] if a in reach[b]) for a in NODES}


@given(graphs)
def test_what_is_imported_comes_first(edges: dict[str, list[str]]) -> None:
    order = {node: number for number, one in enumerate(components(whole(edges))) for node in one}
    assert all(order[target] <= order[node] for node, targets in edges.items() for target in targets)


@given(graphs)
def test_a_circle_is_a_way_round_and_none_is_shorter(edges: dict[str, list[str]]) -> None:
    for cycle in strongly_connected(whole(edges)):
        way = circle(cycle, edges)
        assert len(set(way)) == len(way) >= 2
        assert all(b in edges[a] for a, b in pairwise([*way, way[0]]))


def test_a_circle_through_an_edge() -> None:
    edges = {"a": ["b", "c"], "b": ["a"], "c": ["d"], "d": ["a"]}
    assert circle("abcd", edges) == ["a", "b"]
    assert circle("abcd", edges, [("c", "d")]) == ["c", "d", "a"]


def test_steps_and_depth() -> None:
    edges = {"a": ["b"], "b": ["c", "a"], "c": ["d"]}
    assert reached("a", edges) == {"b": (1, "a"), "c": (2, "b"), "d": (3, "c")}
    assert set(reached("a", edges, 2)) == {"b", "c"}


def test_long_chains_need_no_recursion() -> None:
    edges = {str(n): [str(n + 1)] for n in range(20_000)} | {"20000": ["0"]}
    assert (
        len(strongly_connected(edges)[0]) == 20_001
        and len(circle(strongly_connected(edges)[0][:1], edges)) == 0
    )
