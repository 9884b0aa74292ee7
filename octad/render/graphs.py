"""The graph that a report has to draw."""

from __future__ import annotations

from octad.errors import InputError
from octad.records.graph import Graph
from octad.records.report import Report


def graph_of(report: Report) -> Graph:
    """The first graph among the blocks; raises InputError where there is none."""
    found = next((block.graph for block in report.blocks if block.graph is not None), None)
    if found is None:
        raise InputError("this report has no graph", hint="ask for --format terminal, json, sarif or html")
    return found
