"""Prose: a description, a commit message, a section of documentation."""

from __future__ import annotations

from octad.records.base import Record


class Text(Record):
    """Prose as it was written."""

    text: str
