"""What was left out on the way from an input to a report: the one way in which it is said."""

from __future__ import annotations

from octad.records.base import Record


class Skipped(Record):
    """An input that was not read, or what of it was not, and why."""

    path: str
    reason: str
