"""Notes in reStructuredText: a heading, one for each section, and an item for each entry."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rich.cells import cell_len

from octad.records.notes import Notes
from octad.render.notes import cited, date_of, sections, with_code


def render(report: Notes, sources: Mapping[str, str]) -> str:
    """The notes as a document of their own; `sources` is not needed."""
    date = date_of(report)
    lines = _headed(f"{_text(report.heading)}{f' ({date})' if date else ''}", "=")
    for title, entries in sections(report):
        lines += _headed(_text(title), "-") if title else []
        lines += [f"- {_text(one.text)} ({_text(cited(one))})" for one in entries]
        lines.append("")
    return "\n".join(lines)


def _headed(title: str, mark: str) -> list[str]:
    return [title, mark * max(cell_len(title), 4), ""]


def _text(text: str) -> str:
    """A text of somebody else's: spans of code stay code, and all else means nothing but itself."""
    written = with_code(text, _prose, _literal)
    # Inline markup ends only before a blank or a mark: elsewhere an escaped blank parts it from a word.
    written = re.sub(r"(?<=\w)(?=``\S)", r"\\ ", written)
    return re.sub(r"(?<=\S``)(?=\w)", r"\\ ", written)


def _literal(code: str) -> str:
    """A literal; one that holds its own mark, or ends with a backslash, cannot be one."""
    return _prose(code) if "``" in code or code.endswith("\\") or not code.strip() else f"``{code}``"


def _prose(text: str) -> str:
    return re.sub(r"([\\*`|]|_(?![A-Za-z0-9]))", r"\\\1", text)
