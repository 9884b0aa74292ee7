"""Under which heading of a published section each entry stands, and which kind that says it is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from octad.notes.sections import kind_called

_MARKED = re.compile(
    r"^\s{0,3}(?:#{1,6}\s+(?P<hash>.+?)\s*#*|\*\*(?P<bold>[^*]{2,60})\*\*:?"
    r"|(?P<half>[A-Z][\w /,-]{2,40})(?:\*\*|:))\s*$"
)
_RULE = re.compile(r"^([-=~^\"'.+*#_`])\1{2,}\s*$")
_STATED = re.compile(
    r"^\W*(?P<word>added|changed|fixed|removed|deprecated|security|updated|improved"
    r"|bug ?fix|feature|enhancement)\b\s*[:\]]",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"what.?s.changed|^(the )?(all |core |notable |important |major |minor |other )?changes$"
    r"|^changelog$|style$|extractor|contributors?\b.*release|highlights",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\W_]+")
BEGIN = 40
"""Letters of an entry by which it is found in its section."""


class _Line(NamedTuple):
    text: str
    kind: str | None


def kinds_of(section: str, entries: Sequence[str]) -> list[str | None]:
    """The kind of every entry by the heading above it, or by its own first word; None where neither says."""
    lines = list(_lines(section))
    found: list[str | None] = []
    at = 0
    for entry in entries:
        begin = _letters(entry)[:BEGIN]
        place = next((i for i in range(at, len(lines)) if begin and _begins(lines[i].text, begin)), None)
        at = at if place is None else place
        stated = _STATED.match(entry)
        above = None if place is None else lines[place].kind
        found.append(kind_called(stated["word"]) if stated else above)
    return found


def _lines(section: str) -> Iterator[_Line]:
    kind: str | None = None
    raw = section.splitlines()
    for number, line in enumerate(raw):
        below = raw[number + 1] if number + 1 < len(raw) else ""
        marked = _MARKED.match(line)
        above = raw[number - 1] if number else ""
        ruled = _RULE.match(below) and (line[:1].strip() or _RULE.match(above))
        title = next(filter(None, marked.groups()), "") if marked else line.strip() if ruled else ""
        if title and not _RULE.match(line) and len(title) < 60:
            known = None if _VAGUE.search(title.strip()) else kind_called(title)
            # A heading of a part of the program, below one of a kind, leaves the kind as it is.
            kind = known or (None if _VAGUE.search(title.strip()) else kind)
        yield _Line(_letters(line), kind)


def _begins(line: str, begin: str) -> bool:
    return bool(line) and (line.startswith(begin) or (len(line) > 12 and begin.startswith(line)))


def _letters(text: str) -> str:
    return _PLAIN.sub("", text).lower()
