"""Notes as a section of a changelog in the form of Keep a Changelog 1.1.0, with its six headings."""

from __future__ import annotations

from collections.abc import Mapping

from octad.records.notes import Entry, Kind, Notes
from octad.render.notes import cited, date_of, in_markdown

_HEADINGS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_OF_KIND: Mapping[Kind, str] = {
    "breaking": "Changed", "security": "Security", "feature": "Added", "change": "Changed",
    "deprecation": "Deprecated",
    "fix": "Fixed", "performance": "Changed", "documentation": "Changed", "internal": "Changed",
}  # fmt: skip
_GONE = ("remove", "removed", "removes", "drop", "dropped", "drops", "removed:")


def render(report: Notes, sources: Mapping[str, str]) -> str:
    """The section, to be put into a file; `sources` is not needed."""
    date = date_of(report)
    tag = in_markdown(report.heading.removeprefix("v") if report.tag else report.heading)
    lines = [f"## [{tag}]{f' - {date}' if date else ''}", ""]
    for heading in _HEADINGS:
        own = [one for one in report.entries if _heading(one) == heading]
        if own:
            lines += [f"### {heading}", "", *map(_line, own), ""]
    return "\n".join(lines)


def _heading(entry: Entry) -> str:
    """Which of the headings an entry belongs under; what went away is told so by its own words."""
    words = entry.text.lower().split()
    gone = (words[:1] and words[0] in _GONE) or entry.text.endswith("was removed")
    return "Removed" if gone and entry.kind in ("breaking", "change") else _OF_KIND[entry.kind]


def _line(entry: Entry) -> str:
    mark = "**Breaking:** " if entry.kind == "breaking" else ""
    return f"- {mark}{in_markdown(entry.text)} ({cited(entry)})"
