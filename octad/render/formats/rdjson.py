"""A report in the diagnostic format of reviewdog (rdjson), which comments on the lines of a change.

Its columns count bytes of UTF-8 from 1, so they need the text; where that is not known only lines are named.
The likeliest repair is the suggestion: reviewdog takes all suggestions of a finding for parts of one edit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from octad.records.report import Anchor, Finding, Level, Report
from octad.render.excerpt import by_place, lines_by_path, stated, web_address

SEVERITIES: dict[Level, str] = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}
Node = dict[str, Any]


def render(report: Report, sources: Mapping[str, str]) -> str:
    """The report as one JSON document with a line end; `sources` says how many bytes characters take."""
    findings = by_place(report.findings)
    lines = lines_by_path(findings, sources)
    diagnostics = [_diagnostic(finding, lines[finding.anchor.path]) for finding in findings]
    document = {"source": {"name": "octad"}, "diagnostics": diagnostics}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(finding: Finding, lines: Sequence[str]) -> Node:
    """One finding."""
    anchor = finding.anchor
    code = {"value": finding.rule}
    if address := web_address(finding.reference):
        code["url"] = address
    node: Node = {
        "message": stated(finding),
        "location": {"path": anchor.path, "range": _range(anchor, lines) or _whole_lines(anchor)},
        "severity": SEVERITIES[finding.level],
        "code": code,
    }
    for repair in finding.repairs[:1]:
        place = _range(repair.anchor, lines) if repair.anchor.path == anchor.path else None
        if place is not None:
            node["suggestions"] = [{"range": place, "text": repair.replacement}]
    return node


def _range(anchor: Anchor, lines: Sequence[str]) -> Node | None:
    """From the first byte to the one after the last; None where the text has no such place."""
    start = _position(anchor.line, anchor.column, lines)
    end = _position(anchor.end_line, anchor.end_column, lines)
    return {"start": start, "end": end} if start and end else None


def _position(line: int, column: int, lines: Sequence[str]) -> Node | None:
    """A place in bytes; the line after the last is empty."""
    if not 1 <= line <= len(lines) + bool(lines) or column < 1:
        return None
    text = lines[line - 1] if line <= len(lines) else ""
    if column > len(text) + 1:
        return None
    return {"line": line, "column": len(text[: column - 1].encode("utf-8", "replace")) + 1}


def _whole_lines(anchor: Anchor) -> Node:
    """The lines of an anchor: without columns the last one is included."""
    first = max(1, anchor.line)
    last = anchor.end_line - (anchor.end_column <= 1 and anchor.end_line > anchor.line)
    return {"start": {"line": first}, "end": {"line": max(first, last)}}
