from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.read.graphs.mermaid import read_mermaid
from octad.read.graphs.plantuml import read_plantuml
from octad.records.graph import Graph

BODY = """
Person(u, "User")
System_Boundary(shop, "Shop") {
  Container(web, "Web, the front", "js (node)", "x")
  Container_Boundary(inner, "Inner") {
    ContainerDb(db, "Orders")
  }
}
System_Ext(pay, $label="Pay")
%s
"""


def mermaid(relations: str) -> Graph:
    return read_mermaid(f"C4Container\ntitle A shop{BODY % relations}", "g.mmd")


def plantuml(relations: str) -> Graph:
    return read_plantuml(
        f"@startuml\n!include <C4/C4_Container>\nLAYOUT_TOP_DOWN(){BODY % relations}@enduml", "g.puml"
    )


@pytest.mark.parametrize("read", [mermaid, plantuml])
@pytest.mark.parametrize(
    "relations, found",
    [
        ('Rel(web, db, "reads")', "web>db"),
        (
            'Rel_D(web, db, "reads", "SQL")\nRel_Neighbor(web, pay, "x")\nRel_Down(u, web)',
            "web>db web>pay u>web",
        ),
        ('Rel_Back(web, db, "x")', "db>web"),
        ('BiRel(web, pay, "x")', "web>pay pay>web"),
        ('RelIndex(1, u, web, "x")', "u>web"),
        ('Rel($from="u", $to="web", $label="x")', "u>web"),
        ('Rel(u, shop, "x")', "u>web u>db"),
        ('Rel(u, web, "a, b (c)")\nUpdateRelStyle(u, web, $offsetY="-40")\nLay_D(web, pay)', "u>web"),
    ],
)
def test_relations(read: type, relations: str, found: str) -> None:
    graph = read(relations)
    assert sorted(f"{edge.source}>{edge.target}" for edge in graph.edges) == sorted(found.split())


@pytest.mark.parametrize("read", [mermaid, plantuml])
def test_elements(read: type) -> None:
    assert [(node.id, node.kind, node.attributes["label"]) for node in read("").nodes] == [
        ("u", "person", "User"),
        ("web", "service", "Web, the front"),
        ("db", "database", "Orders"),
        ("pay", "external", "Pay"),
    ]


@pytest.mark.parametrize(
    "text, said",
    [
        ("C4Context\nSystem_Boundary(a) {\nSystem(b)", "line 3: boundary 'a' has no end"),
        ("C4Context\n}", "line 2: a '}' without a boundary"),
        ("C4Context\nRel(a)", "line 2: Rel without two ends"),
        ("C4Context\nSystem()", "line 2: System without an alias"),
        ("C4Context\nSystem(a\nb", "line 2: expected an element"),
        ("C4Context\n" + "System_Boundary(a) {\n" * 99, "nested deeper than 64"),
        ("C4Context\nLay_D(a, b)", "names no node"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_mermaid(text, "g.mmd")
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)
