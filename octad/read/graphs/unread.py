"""What was passed over while several texts were read to one graph, each with why, never more than some."""

from __future__ import annotations

from octad.errors import UnreadableInput
from octad.records.skipped import Skipped

SHOWN = 3


class Unread:
    """Collects reasons; where nothing could be read at all, the first is the error."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._errors: list[UnreadableInput] = []

    def add(self, error: UnreadableInput) -> None:
        """Pass over what an error is of."""
        self._errors.append(error)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The first of them, and how many more there are."""
        of = f"{self._source}: "
        reasons = [f"not read: {one.message.removeprefix(of)}" for one in self._errors[:SHOWN]]
        if (more := len(self._errors) - SHOWN) > 0:
            reasons.append(f"not read: {more:,} more")
        return tuple(Skipped(path=self._source, reason=reason) for reason in reasons)

    def error(self, otherwise: UnreadableInput) -> UnreadableInput:
        """Why nothing was read: the first reason, else another."""
        return self._errors[0] if self._errors else otherwise
