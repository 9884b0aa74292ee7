"""The graph of a report for Graphviz, https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

from collections.abc import Mapping

from octad.records.graph import Graph
from octad.records.report import Report
from octad.render.excerpt import flat
from octad.render.graphs import graph_of


def render(report: Report, _sources: Mapping[str, str]) -> str:
    """The first graph of the report; raises InputError where it has none."""
    return dot(graph_of(report))


def dot(graph: Graph) -> str:
    """Nodes under their names, arrows from what depends to what it depends on."""
    lines = ["digraph {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    lines += [f"  {_quoted(node.id)}{_label(node.attributes)};" for node in graph.nodes]
    lines += [f"  {_quoted(edge.source)} -> {_quoted(edge.target)};" for edge in graph.edges]
    return "\n".join([*lines, "}", ""])


def _label(attributes: Mapping[str, str]) -> str:
    return f" [label={_quoted(attributes['label'])}]" if "label" in attributes else ""


def _quoted(text: str) -> str:
    """A name; a quote is the only character that is escaped, so that no backslash may stand at the end."""
    shown = flat(text).replace('"', '\\"')
    return f'"{shown} "' if shown.endswith("\\") else f'"{shown}"'
