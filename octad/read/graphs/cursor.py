"""A place in a text that a parser moves forward, and the line it is on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from octad.errors import UnreadableInput
from octad.read.graphs.builder import wrong

Statement = tuple[re.Pattern[str], Callable[[re.Match[str]], None] | None]
"""How a statement begins, and what takes it from there; None for what is passed over."""

_SHOWN = 20
_END = re.compile(r"\Z")


class Cursor:
    """Takes one pattern after another; what `blank` matches is passed over before each.

    `first` is the line that the text begins on, where it stands in a larger one.
    """

    def __init__(self, text: str, source: str, blank: re.Pattern[str], first: int = 1) -> None:
        self._text, self._source, self._blank = text, source, blank
        self._at = self._counted = 0
        self._line = first

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What stands here, passed over, where it is this."""
        if blank := self._blank.match(self._text, self._at):
            self._at = blank.end()
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def need(self, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        """What must stand here; raises UnreadableInput, naming the line, where it does not."""
        match = self.take(pattern)
        if match is None:
            raise self.error(f"expected {expected}")
        return match

    def statements(self, kinds: Sequence[Statement], expected: str) -> None:
        """Take all that is left, each statement as the first kind that stands here; raises for another."""
        while not self.take(_END):
            for pattern, taken in kinds:
                if match := self.take(pattern):
                    if taken:
                        taken(match)
                    break
            else:
                raise self.error(f"expected {expected}")

    @property
    def line(self) -> int:
        """The line of what was taken last."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def error(self, what: str) -> UnreadableInput:
        """An error that says what is wrong, and what stands here."""
        rest = self._text[self._at : self._at + _SHOWN].split("\n")[0]
        return wrong(self._source, self.line, f"{what}, not {rest!r}" if rest else what)
