from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.graphs.plantuml import is_plantuml, read_plantuml
from octad.records.graph import Graph

QUOTED = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="\"<>\\*/[]():;{}'|"), min_size=1
)
PAIRS = st.lists(st.tuples(QUOTED, QUOTED).filter(lambda pair: pair[0] != pair[1]), min_size=1, unique=True)


def ends(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph.edges]


def read(body: str) -> Graph:
    return read_plantuml(f"@startuml\n{body}\n@enduml\n", "g.puml")


@given(PAIRS)
def test_odd_names_survive(pairs: list[tuple[str, str]]) -> None:
    assert ends(read("[x]\n" + "\n".join(f"[{a}] --> [{b}]" for a, b in pairs))) == pairs


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_a_line(text: str) -> None:
    try:
        read(text)
    except InputError as error:
        assert "\n" not in str(error)


ARROWS = {
    **dict.fromkeys(
        ["->", "-->", "..>", ".>", "->>", "-left->", "-d->", "-[#red,dashed]->", "==>", "~~>"], "ab"
    ),
    **dict.fromkeys(["-up-|>", "--|>", "---->", "-(", "--->x", "-->o"], "ab"),
    **dict.fromkeys(["<-", "<--", "<..", "<|--", "<-right-", "<-[#blue]-", ")--"], "ba"),
    "<-->": "ab ba",
    "--": "ab",
}


@pytest.mark.parametrize("arrow, found", ARROWS.items())
def test_arrows_of_components(arrow: str, found: str) -> None:
    for body in (f"a {arrow} b : x --> y", f'a "1" {arrow} "many" b'):
        graph = read(f"component a\ncomponent b\n{body}")
        assert sorted(ends(graph)) == sorted((one[0], one[1]) for one in found.split())
        assert ("undirected" in graph.flags) is (arrow == "--")


def test_things_and_frames() -> None:
    graph = read(
        'package "Back end" as back {\n  [Order\\nService] as orders <<app>> #red\n'
        '  database "Orders" as db {\n  }\n'
        "  together {\n    node vm\n  }\n}\nqueue Kafka\n"
        'actor :Some One: as one\n() "HTTP" as http\ncloud "S3"\n'
        'component c [\n many\n words ]\nrectangle r as "The R" PRIMARY\norders --> back\none -> [orders]\n'
    )
    found = {node.id: (node.kind, node.attributes.get("label", "")) for node in graph.nodes}
    assert found == {
        "orders": ("service", "Order\nService"), "db": ("database", "Orders"), "vm": ("service", ""),
        "Kafka": ("queue", ""), "one": ("person", "Some One"), "http": ("interface", "HTTP"),
        "S3": ("service", ""), "c": ("service", ""), "r": ("service", "The R"),
    }  # fmt: skip
    assert ends(graph) == [("orders", "db"), ("orders", "vm"), ("one", "orders")]


def test_an_interface_depends_on_who_provides_it() -> None:
    assert ends(read("interface I\n[P] - I\nI -- [Q]\n[U] ..> I")) == [("I", "P"), ("I", "Q"), ("U", "I")]


@pytest.mark.parametrize(
    "body, found",
    [
        ("a -> b : get\nb --> a : it", "ab"),
        ("a -> b ++ : get\nb -> a -- : it\nreturn x", "ab"),
        ("a ->++ b : get\nb -->-- a : it", "ab"),
        ("b <- a : get\na <-- b : it", "ab"),
        ("a -> b : get\nb -> a : 200", "ab"),
        ("q --> a : event", "qa"),
        ("a -[#red]> b : x\na -\\\\ c\na ->x d\n& a -> e", "ab ac ad ae"),
        ("[-> a : in\na ->] : out\na -> b", "ab"),
        ("alt x -> y\na -> b\nelse\na -> c\nend\n== a -> z ==\n... 5 min ...\n|||", "ab ac"),
        ("a -> b\nnote left of a\n a -> z\nend note\nnote over a : a -> y\n' a -> x\n/' a -> w\n'/", "ab"),
        ("legend\n a -> z\nendlegend\nskinparam a {\n b -> c\n}\na -> b\nhide footbox", "ab"),
    ],
)
def test_what_is_a_call(body: str, found: str) -> None:
    graph = read(f"participant a\n{body}")
    assert ends(graph) == [(one[0], one[1]) for one in found.split()] and graph.flags == ()


def test_participants_and_lines() -> None:
    graph = read(
        'participant "Order <b>Service</b>" as os\ndatabase db order 3 #red\n\nos -> db\nwhat is this?'
    )
    assert [(node.id, node.line, node.kind) for node in graph.nodes] == [
        ("os", 2, "service"),
        ("db", 3, "database"),
    ]
    assert graph.nodes[0].attributes == {"label": "Order Service"} and graph.flags == ("unknown-lines",)


def test_every_diagram_of_a_file() -> None:
    one = "@startuml x\n[a] --> [b]\n@enduml\n"
    graph = read_plantuml(one + "text\n" + one.replace("[a]", "[c]"), "g.puml")
    assert ends(graph) == [("a", "b"), ("c", "b")]
    assert [node.line for node in graph.nodes] == [2, 2, 6]


def test_how_it_begins() -> None:
    assert is_plantuml("x\n  @startuml y\n") and not is_plantuml("startuml")
    assert ends(read_plantuml("[a] --> [b]", "g")) == [("a", "b")]


@pytest.mark.parametrize(
    "text, said",
    [
        ("@startuml\nclass A\nA --> B\n@enduml", "line 2: 'class A' is no service"),
        ("@startuml\n\n[*] --> B\n@enduml", "line 3: '[*]' is no service"),
        ("@startuml\nstart\n:do it;\n@enduml", "line 2: 'start' is no service"),
        ("@startuml\nentity A {\n}\nA ||--o{ B\n@enduml", "is no service"),
        ("@startmindmap\n* a\n@endmindmap", "@startmindmap is no diagram of services"),
        ("@startuml\n@enduml", "names no node"),
        ("@startuml\n[a]\n}\n@enduml", "line 3: a '}' without a boundary"),
        ("@startuml\n" + "package a {\n" * 99, "nested deeper than 64"),
        ("@startuml\n[a]\n@enduml\n" * 101, "more than 100 diagrams"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_plantuml(text, "g.puml")
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)
