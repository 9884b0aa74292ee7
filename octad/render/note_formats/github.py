"""Notes as the text of a release on GitHub, which makes links of numbers, commits and the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from octad.records.notes import Notes
from octad.render.notes import cited, in_markdown, sections


def render(report: Notes, sources: Mapping[str, str]) -> str:
    """The text of the release; the page has the version as its title. `sources` is not needed."""
    lines = ["## What's changed", ""]
    for title, entries in sections(report):
        lines += [f"### {in_markdown(title)}", ""] if title else []
        lines += [f"* {in_markdown(one.text)} ({cited(one)})" for one in entries]
        lines.append("")
    if report.previous and report.tag:
        span = f"{quote(report.previous)}...{quote(report.tag)}"
        lines += [f"**Full changelog**: `{span}`" if "`" not in span else "", ""]
    return "\n".join(lines)
