"""Where in its source a piece of marked text stands: parsers of documents tell lines, not columns."""

from __future__ import annotations

from collections.abc import Sequence

from octad.records.report import Anchor

REACH = 10_000
"""Characters that are looked through for one piece: so that what is not there costs no more."""


class Places:
    """The lines of a file, in which pieces are found one after the other."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self.path, self._lines = path, lines
        self._line, self._column, self._last = 1, 0, 1

    def region(self, first: int, last: int) -> None:
        """Look between two lines from now on, 1-based and both included; beyond the file there is nothing."""
        self._line, self._column = max(1, first), 0
        self._last = min(max(first, last), len(self._lines))

    def find(self, piece: str, *, stay: bool = False) -> Anchor | None:
        """The next place of a piece, which may go on over line ends; `stay` leaves the search where it is."""
        parts = [part.strip() for part in piece.split("\n")]
        begin = self._next(parts[0], self._line, self._column)
        if begin is None:
            return None
        line, column = begin
        end = (line, column + len(parts[0]))
        for part in parts[1:]:
            after = self._next(part, end[0] + 1, 0)
            if after is None:
                break
            end = (after[0], after[1] + len(part))
        if not stay:
            self._line, self._column = end
        return Anchor(path=self.path, line=line, column=column + 1, end_line=end[0], end_column=end[1] + 1)

    def quoted(self, piece: str, mark: str = "`") -> Anchor | None:
        """The next place of a piece behind a mark, which is no part of it."""
        found = self.find(mark + piece)
        return found and found.model_copy(update={"column": found.column + len(mark)})

    def whole(self, first: int) -> Anchor:
        """All of a line."""
        length = len(self._lines[first - 1]) if 0 < first <= len(self._lines) else 0
        return Anchor(path=self.path, line=first, column=1, end_line=first, end_column=length + 1)

    def here(self) -> Anchor:
        """The line that was found last."""
        return self.whole(self._line)

    def indent(self, first: int, text: str) -> int:
        """Columns before code that begins on a line, by its first line that is not empty."""
        for number, part in enumerate(text.split("\n"), first):
            if part.strip():
                line = self._lines[number - 1] if 0 < number <= len(self._lines) else ""
                own = len(part) - len(part.lstrip())
                return max(0, line.find(part.strip()) - own)
        return 0

    def _next(self, part: str, line: int, column: int) -> tuple[int, int] | None:
        left = REACH
        while line <= self._last and left > 0:
            found = self._lines[line - 1].find(part, column, column + left)
            if found >= 0:
                return line, found
            left -= 1 + max(0, len(self._lines[line - 1]) - column)
            line, column = line + 1, 0
        return None
