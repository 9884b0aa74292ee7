from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.read.graphs.markdown import has_diagrams, read_markdown
from octad.records.graph import Graph


def fenced(language: str, body: str, fence: str = "```") -> str:
    return f"text\n\n{fence}{language}\n{body}\n{fence}\n"


def ends(graph: Graph) -> list[str]:
    return [f"{edge.source}>{edge.target}" for edge in graph.edges]


WAYS = {
    "flowchart": fenced("mermaid", "graph LR\n a --> b"),
    "sequence": fenced("mermaid", "sequenceDiagram\n a->>b: x", "~~~~"),
    "c4": fenced("Mermaid", "C4Context\nSystem(a)\nSystem(b)\nRel(a, b)"),
    "plantuml": fenced("plantuml", "@startuml\n[a] --> [b]\n@enduml"),
    "bare plantuml": fenced("puml title=x", "[a] --> [b]"),
    "dot": fenced("dot", "digraph { a -> b }"),
    "braces": fenced("{.mermaid}", "graph LR\n a --> b"),
    "colons": "::: mermaid\ngraph LR\n a --> b\n:::\n",
    "quoted": "> ```mermaid\n> graph LR\n> a --> b\n> ```\n",
    "in a list": "- ```mermaid\n  graph LR\n  a --> b\n  ```\n",
    "no end": "```mermaid\r\ngraph LR\r\na --> b\r\n",
    "no fence": "sequenceDiagram\na->>b: x\n",
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS.keys())
def test_ways_to_fence(text: str) -> None:
    assert ends(read_markdown(text, "g.md")) == ["a>b"]


def test_diagrams_are_joined_and_lines_are_the_documents() -> None:
    text = (
        fenced("mermaid", "graph LR\n A[Orders] --> B[Stock]\n")
        + fenced("python", "```mermaid")
        + fenced("mermaid", "sequenceDiagram\n participant A as Stock\n participant x as orders\n A->>db: q")
    )
    graph = read_markdown(text, "g.md")
    assert ends(graph) == ["A>B", "B>db"] and graph.skipped == ()
    assert [(node.id, node.line) for node in graph.nodes] == [("A", 5), ("B", 5), ("db", 19)]


def test_what_is_no_diagram_of_services_is_noted() -> None:
    text = (
        fenced("mermaid", "erDiagram\nA ||--o{ B : x")
        + fenced("mermaid", "graph LR\na --> b")
        + fenced("mermaid", "graph LR\na -->")
        + fenced("mermaid", "graph LR\nlegend[A colour]")
        + fenced("mermaid", "pie") * 3
    )
    graph = read_markdown(text, "g.md")
    assert ends(graph) == ["a>b"] and [node.id for node in graph.nodes] == ["a", "b"]
    assert {one.path for one in graph.skipped} == {"g.md"}
    assert tuple(one.reason for one in graph.skipped) == (
        "not read: line 4: erDiagram is no diagram of services",
        "not read: line 17: expected a node",
        "not read: line 28: pie is no diagram of services",
        "not read: 2 more",
    )


@pytest.mark.parametrize(
    "text, said",
    [
        ("# A text\n```python\nx\n```\n", "g.md: no fenced diagram"),
        (fenced("mermaid", "pie"), "line 4: pie is no diagram of services"),
        (fenced("mermaid", "graph LR\nA --> B[") + fenced("mermaid", "pie"), "line 5: expected a node"),
        (fenced("mermaid", "graph LR\na-->b") * 201, "more than 200 diagrams"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_markdown(text, "g.md")
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)


def test_where_diagrams_are() -> None:
    assert has_diagrams(fenced("dot", "")) and not has_diagrams(fenced("python", ""))
