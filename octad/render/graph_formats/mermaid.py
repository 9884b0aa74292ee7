"""The graph of a report as Mermaid's flowchart, https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

import html
from collections.abc import Mapping

from octad.records.graph import Graph
from octad.records.report import Report
from octad.render.excerpt import flat
from octad.render.graphs import graph_of


def render(report: Report, _sources: Mapping[str, str]) -> str:
    """The first graph of the report; raises InputError where it has none."""
    return mermaid(graph_of(report))


def mermaid(graph: Graph) -> str:
    """Numbered nodes with their names as labels: a name as it is may be a word of Mermaid's own."""
    numbers = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [
        f'  {numbers[node.id]}["{_escaped(node.attributes.get("label", node.id))}"]' for node in graph.nodes
    ]
    lines += [f"  {numbers[edge.source]} --> {numbers[edge.target]}" for edge in graph.edges]
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    """Mermaid writes `#quot;` and `#35;` for characters that would end or change a label."""
    coded = flat(text).replace("#", "#35;")
    return html.escape(coded, quote=False).replace("&", "#").replace('"', "#quot;")
