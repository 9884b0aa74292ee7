"""What HTML inside of a document points at, and what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from octad.read.documents.places import Places
from octad.records.document import Link, LinkKind

_TAG = re.compile(r"<(a|img|source|video)\b([^<>]{0,4000})>", re.IGNORECASE)
_TARGET = re.compile(r"\b(?:href|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_LABEL = re.compile(
    r"<[a-zA-Z][^<>]{0,2000}?\s(?:id|name)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))", re.IGNORECASE
)


def html_labels(text: str) -> list[str]:
    """The names that links may point at."""
    return [label for found in _LABEL.finditer(text) if (label := next(filter(None, found.groups()), ""))]


def html_links(text: str, places: Places) -> list[Link]:
    """Links and images, found in their order in the source."""
    found = []
    for kind, target in _targets(_without_comments(text)):
        place = places.find(target)
        found.append(Link(target=target, kind=kind, text="", anchor=place or places.here()))
    return found


def _targets(text: str) -> Iterator[tuple[LinkKind, str]]:
    for tag in _TAG.finditer(text):
        target = _TARGET.search(tag[2])
        written = (target[1] or target[2] or "").strip() if target else ""
        if written:
            yield ("link" if tag[1].lower() == "a" else "image"), written


def _without_comments(text: str) -> str:
    kept = []
    for number, part in enumerate(text.split("<!--")):
        _, ended, rest = part.partition("-->")
        kept.append(part if not number else rest if ended else "")
    return " ".join(kept)
