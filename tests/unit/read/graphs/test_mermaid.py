from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.graphs.mermaid import is_mermaid, read_mermaid
from octad.records.graph import Graph

ODD = st.from_regex(r"[a-zA-Z0-9_äж](?:[\w.:/+*!?'-]{0,8}[a-zA-Z0-9_äж])?", fullmatch=True).filter(
    lambda name: not any(sign in name for sign in ("--", "-.", ":::"))
)
PAIRS = st.lists(st.tuples(ODD, ODD).filter(lambda pair: pair[0] != pair[1]), min_size=1, unique=True)


def ends(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph.edges]


def read(body: str) -> Graph:
    return read_mermaid(f"flowchart LR\n{body}\n", "g.mmd")


@given(PAIRS.filter(lambda pairs: not any("end" in pair or "subgraph" in pair for pair in pairs)))
def test_odd_names_survive(pairs: list[tuple[str, str]]) -> None:
    assert ends(read("\n".join(f"  {source} --> {target}" for source, target in pairs))) == pairs


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=12))
def test_odd_labels_survive(text: str) -> None:
    written = text.replace("#", "#35;").replace('"', "#quot;").replace("&", "#amp;")
    assert read(f'a["{written}"]').nodes[0].attributes == {"label": text}


@pytest.mark.parametrize("arrow", ["-->", "---->", "==>", "-.->", "-..->", "--x", "--o", "-->|a --> b|"])
@pytest.mark.parametrize("space", ["", " "])
def test_arrows(arrow: str, space: str) -> None:
    graph = read(f"a{space}{arrow}{space}b")
    assert ends(graph) == [("a", "b")] and graph.flags == ()


@pytest.mark.parametrize("arrow", ["-- calls it -->", '-- "x > y" -->', "== calls ==>", "-. calls .->"])
def test_arrows_with_text(arrow: str) -> None:
    assert ends(read(f"a {arrow} b --> c")) == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize(
    "body, found, flags",
    [
        ("a & b --> c & d", "ac ad bc bd", ()),
        ("a --> b --> c; c-->d", "ab bc cd", ()),
        ("a <--> b", "ab ba", ("cycles",)),
        ("a --- b", "ab", ("undirected",)),
        ("a ~~~ b --> c", "bc", ()),
        ("a e1@--> b\ne1@{ animate: true }", "ab", ()),
        ('a:::hot --> b\nclassDef hot fill:#f9f\nclass a hot\nclick a "x;y"\nlinkStyle 0 x', "ab", ()),
        ("subgraph one [The one]\n direction TB\n a\n b\nend\nc --> one", "ca cb", ()),
        ("c --> one\nsubgraph one\n a --> b\nend", "ca cb ab", ()),
        ("subgraph x\n a --> x\nend", "", ("self-loops",)),
    ],
)
def test_statements(body: str, found: str, flags: tuple[str, ...]) -> None:
    graph = read(body)
    assert sorted(ends(graph)) == sorted((one[0], one[1]) for one in found.split()) and graph.flags == flags


@pytest.mark.parametrize(
    "shape",
    [
        "[X y]",
        "(X y)",
        "([X y])",
        "[[X y]]",
        "[(X y)]",
        "((X y))",
        "{X y}",
        "{{X y}}",
        ">X y]",
        "[/X y/]",
        '[ "X y" ]',
        '["X y"]',
        '@{ shape: rect, label: "X y" }',
    ],
)
def test_shapes(shape: str) -> None:
    graph = read(f"\na{shape} --> b{shape}")
    assert ends(graph) == [("a", "b")]
    assert [(node.id, node.line, node.attributes) for node in graph.nodes] == [
        ("a", 3, {"label": "X y"}),
        ("b", 3, {"label": "X y"}),
    ]


def test_how_it_begins() -> None:
    assert is_mermaid("graph TD; a-->b") and is_mermaid("%% x\nflowchart\na")
    assert not is_mermaid("graph { a }") and is_mermaid("sequenceDiagram")


@pytest.mark.parametrize(
    "text, said",
    [
        ("flowchart LR\na -->\n", "line 2: expected a node"),
        ("flowchart LR\na -> b", "line 2: expected a node"),
        ("%% x\nflowchart LR\nsubgraph x\na", "line 4: subgraph 'x' has no end"),
        ("flowchart LR\nend", "line 2: an 'end' without a subgraph"),
        ("flowchart LR\na[x", "line 2: expected a node, not '[x'"),
        ("nothing", "line 1: expected 'flowchart' or 'graph'"),
        ("flowchart LR\n", "names no node"),
        ("flowchart LR\n" + "subgraph x\n" * 99, "nested deeper than 64"),
        ("flowchart LR\n" + "a &" * 400 + "a -->" + "b &" * 400 + "b", "more than 100,000 edges"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_mermaid(text, "g.mmd")
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)
