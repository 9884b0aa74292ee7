"""A report as workflow commands of GitHub Actions, which become annotations of the lines of a change.

GitHub shows ten annotations of a level for each step, so the best findings come first. It knows columns only
within one line, and takes the last one for included.
"""

from __future__ import annotations

from collections.abc import Mapping

from octad.host.terminal import visible
from octad.records.report import Anchor, Finding, Level, Report
from octad.render.excerpt import stated, summary

COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report, sources: Mapping[str, str]) -> str:
    """One command for each finding and a line with the count; `sources` is not needed."""
    return "\n".join([*map(_command, report.findings), summary(report.findings), ""])


def _command(finding: Finding) -> str:
    """`::level file=…,line=…::message`; the place stands in the message too, because logs show only that."""
    anchor = finding.anchor
    properties = {"file": anchor.path, **_place(anchor), "title": f"octad ({finding.rule})"}
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = f"{anchor.path}:{anchor.line}:{anchor.column}: {stated(finding)}"
    return f"::{COMMANDS[finding.level]} {listed}::{_data(message)}"


def _place(anchor: Anchor) -> dict[str, int]:
    """Lines, and columns where GitHub takes them."""
    line = max(1, anchor.line)
    last = max(line, anchor.end_line)
    place = {"line": line, "endLine": last}
    if line == last:
        column = max(1, anchor.column)
        place |= {"col": column, "endColumn": max(column, anchor.end_column - 1)}
    return place


def _data(text: str) -> str:
    """What may follow the second `::`: all in one line, and nothing that a terminal obeys."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    """The value of a property, which a comma or a colon would end."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
