"""What all ways to write notes have in common: sections, sources of an entry, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby

from octad.host.terminal import visible
from octad.records.notes import Entry, Notes

SHORT = 7
"""Characters of the name of a commit that are shown."""
CITED = 3
"""Commits that are named of one entry; the rest are counted."""
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")


def sections(notes: Notes) -> list[tuple[str, list[Entry]]]:
    """The entries under their headings; "" is the heading of what stands under none."""
    return [(title, list(group)) for title, group in groupby(notes.entries, key=lambda one: one.section)]


def date_of(notes: Notes) -> str:
    """The day of a release, in UTC; "" where it is not out."""
    return datetime.fromtimestamp(notes.time, UTC).date().isoformat() if notes.time else ""


def cited(entry: Entry) -> str:
    """What an entry rests on: the numbers that people gave it, and commits."""
    return ", ".join([*map(visible, entry.refs[:CITED]), *commits_of(entry)])


def commits_of(entry: Entry) -> Sequence[str]:
    """The names of the first commits of an entry, and how many more there are."""
    more = len(entry.commits) - CITED
    return [*(one[:SHORT] for one in entry.commits[:CITED]), *([f"{more:,} more"] if more > 0 else [])]


def with_code(text: str, prose: Callable[[str], str], code: Callable[[str], str]) -> str:
    """A text whose spans in backquotes are written by `code`, and all else by `prose`; on one line."""
    text = visible(" ".join(text.split()))
    parts: list[str] = []
    last = 0
    for found in _CODE.finditer(text):
        parts += [prose(text[last : found.start()]), code(found[2].strip() or found[2])]
        last = found.end()
    return "".join([*parts, prose(text[last:])])


def in_markdown(text: str) -> str:
    """A text of somebody else's in Markdown: what is no code means nothing but itself."""
    return with_code(text, _prose, lambda code: f"`` {code} ``" if "`" in code else f"`{code}`")


def _prose(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r"([*\[\]`])", r"\\\1", text)
    text = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)
    return re.sub(r"(?<!\w)@(?=\w)", "@\u2060", text)
