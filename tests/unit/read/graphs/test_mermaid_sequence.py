from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.graphs.mermaid import read_mermaid
from octad.records.graph import Graph

ODD = st.from_regex(r"[a-zA-Z0-9_äж](?:[\w./ !?'-]{0,8}[a-wyzA-Z0-9_äж])?", fullmatch=True).filter(
    lambda name: "--" not in name and "-x" not in name
)
PAIRS = st.lists(st.tuples(ODD, ODD).filter(lambda pair: pair[0] != pair[1]), min_size=1, unique=True)


def ends(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph.edges]


def read(body: str) -> Graph:
    return read_mermaid(f"sequenceDiagram\n{body}\n", "g.mmd")


@given(PAIRS)
def test_odd_names_survive(pairs: list[tuple[str, str]]) -> None:
    body = "\n".join(f"  s {source}->>s {target}: x -> y" for source, target in pairs)
    assert ends(read(body)) == [(f"s {source}", f"s {target}") for source, target in pairs]


@pytest.mark.parametrize("arrow", ["->", "->>", "-x", "-)", "-->", "-->>", "--x", "--)", "()->>()"])
@pytest.mark.parametrize("space", ["", " "])
@pytest.mark.parametrize("sign", ["", "+", "-"])
def test_arrows(arrow: str, space: str, sign: str) -> None:
    assert ends(read(f"a{space}{arrow}{space}{sign}b{space}: x")) == [("a", "b")]


@pytest.mark.parametrize(
    "body, found",
    [
        ("a->>b: get\nb-->>a: it", "ab"),
        ("a->>+b: get\nb->>-a: it", "ab"),
        ("a->>b: get\nb->>a: 200 OK", "ab"),
        ("a->>b: get\nb->>a: returns all", "ab"),
        ("a->>b: get\nb->>a: notify", "ab ba"),
        ("q--)a: event\nq--)b: event", "qa qb"),
        ("a<<->>b: both", "ab ba"),
        ("a->>a: think\na->>b", "ab"),
        ("a->>b: x; c->>d", "ab"),
        ("alt is it\n a->>b: x\nelse\n loop c->>d\n  b->>c: y\n end\nend\nNote over a,b: a->>z: x", "ab bc"),
        ("box Aqua a & z\n participant a\nend\nautonumber\nactivate a\nrect rgb(1,2,3)\na-)b: x\nend", "ab"),
    ],
)
def test_what_is_a_call(body: str, found: str) -> None:
    assert sorted(ends(read(body))) == sorted((one[0], one[1]) for one in found.split())


def test_participants() -> None:
    graph = read(
        "participant order-svc as Order<br/>Service\nactor U\n"
        'create participant d\nparticipant s@{ "type": "database" }'
    )
    assert [(node.id, node.kind, node.line, node.attributes) for node in graph.nodes] == [
        ("order-svc", "service", 2, {"label": "Order\nService"}),
        ("U", "person", 3, {}),
        ("d", "service", 4, {}),
        ("s", "database", 5, {}),
    ]


@pytest.mark.parametrize(
    "body, said",
    [
        ("a ~ b", "line 2: expected a participant or a message"),
        ("a->>b: x\nwhat is this", "line 3"),
        ("", "names no node"),
    ],
)
def test_refusals(body: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(body)
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)
