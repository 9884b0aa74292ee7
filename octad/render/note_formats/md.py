"""Notes in Markdown: a heading, one for each section, and an item for each entry with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping

from octad.records.notes import Notes
from octad.render.notes import cited, date_of, in_markdown, sections


def render(report: Notes, sources: Mapping[str, str]) -> str:
    """The notes as a document of their own; `sources` is not needed."""
    date = date_of(report)
    lines = [f"# {in_markdown(report.heading)}{f' ({date})' if date else ''}", ""]
    for title, entries in sections(report):
        lines += [f"## {in_markdown(title)}", ""] if title else []
        lines += [f"- {in_markdown(one.text)} ({cited(one)})" for one in entries]
        lines.append("")
    return "\n".join(lines)
