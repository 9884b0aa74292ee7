"""The headings of notes, and what people call them."""

from __future__ import annotations

import re

from octad.records.notes import KINDS, Kind

SECTIONS: dict[Kind, str] = {
    "breaking": "Breaking changes",
    "security": "Security",
    "feature": "Added",
    "change": "Changed",
    "deprecation": "Deprecated",
    "fix": "Fixed",
    "performance": "Performance",
    "documentation": "Documentation",
    "internal": "Internal",
}
_CALLED: tuple[tuple[Kind, str], ...] = (
    ("breaking", r"breaking|incompatib|removals?\b|removed|upgrad"),
    ("security", r"securit|vulnerab"),
    ("deprecation", r"deprecat"),
    ("performance", r"perform|speed|optimi[sz]"),
    ("fix", r"fix|bug"),
    ("feature", r"add(?:ed|itions)|feature|new\b|enhanc"),
    ("documentation", r"doc"),
    (
        "internal",
        r"internal|maint|chore|misc|contributor|housekeep|develop|infra|packag|build|test|\bci\b|trivial",
    ),
    ("change", r"change|improv|update|other"),
)


def kind_called(title: str) -> Kind | None:
    """The kind that a heading of somebody's changelog stands for; None for one that is not known."""
    return next((kind for kind, words in _CALLED if re.search(words, title[:200], re.I)), None)


def place_of(kind: Kind) -> int:
    """Where a kind stands in notes."""
    return KINDS.index(kind)
