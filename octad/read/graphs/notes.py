"""What was passed over while several texts were read to one graph, each with why, never more than some."""

from __future__ import annotations

from octad.errors import UnreadableInput

SHOWN = 3


class Notes:
    """Collects reasons; where nothing could be read at all, the first is the error."""

    def __init__(self) -> None:
        self._first: UnreadableInput | None = None
        self._lines: list[str] = []

    def add(self, error: UnreadableInput) -> None:
        """Pass over what an error is of."""
        self._first = self._first or error
        self._lines.append(f"not read: {error.message}")

    @property
    def lines(self) -> tuple[str, ...]:
        """The first of them, and how many more there are."""
        more = len(self._lines) - SHOWN
        return (*self._lines[:SHOWN], *((f"not read: {more:,} more",) if more > 0 else ()))

    def error(self, otherwise: UnreadableInput) -> UnreadableInput:
        """Why nothing was read: the first reason, else another."""
        return self._first or otherwise
