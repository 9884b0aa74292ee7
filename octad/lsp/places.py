"""Places of findings as editors count them: lines and columns from 0, columns in units of an encoding."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from octad.records.report import Anchor, Finding

_WIDTHS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}


class Places:
    """The lines of a text, whose columns an editor counts in `encoding` (utf-8, utf-16 or utf-32)."""

    def __init__(self, lines: Sequence[str], encoding: str = "utf-16") -> None:
        self.lines = lines
        self.encoding = encoding

    def range_of(self, anchor: Anchor) -> types.Range:
        """The range of an anchor; one beyond the text ends where that does."""
        start = self._position(anchor.line, anchor.column)
        end = self._position(anchor.end_line, anchor.end_column)
        return types.Range(start, max(start, end, key=order))

    def line(self, number: int) -> types.Range:
        """All of a line, counted from 1."""
        text = self.lines[number - 1] if 1 <= number <= len(self.lines) else ""
        return types.Range(self._position(number, 1), self._position(number, len(text) + 1))

    def _position(self, line: int, column: int) -> types.Position:
        if not 1 <= line <= len(self.lines):
            last = max(0, min(line - 1, len(self.lines)))
            return types.Position(last, 0)
        before = self.lines[line - 1][: max(0, column - 1)]
        codec, width = _WIDTHS.get(self.encoding, ("utf-32-le", 4))
        return types.Position(line - 1, len(before.encode(codec, "replace")) // width)


def order(position: types.Position) -> tuple[int, int]:
    """What positions are ordered by."""
    return position.line, position.character


def meet(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a place; an empty one is where it is."""
    return order(one.start) <= order(other.end) and order(other.start) <= order(one.end)


def carried(findings: Sequence[Finding], before: Sequence[str], now: Sequence[str]) -> list[Finding]:
    """The findings whose line stands as it was in a text that changed, there or at one other place."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(now, 1):
        places.setdefault(line, []).append(number)
    found = []
    for one in findings:
        number = one.anchor.line
        if not 1 <= number <= len(before):
            continue
        there = places.get(before[number - 1], [])
        if number in there:
            found.append(one)
        elif len(there) == 1:
            found.append(_moved(one, there[0] - number))
    return found


def _moved(finding: Finding, lines: int) -> Finding:
    repairs = tuple(
        one.model_copy(update={"anchor": _anchor_moved(one.anchor, lines)})
        for one in finding.repairs
        if one.anchor.line == finding.anchor.line
    )
    return finding.model_copy(update={"anchor": _anchor_moved(finding.anchor, lines), "repairs": repairs})


def _anchor_moved(anchor: Anchor, lines: int) -> Anchor:
    return anchor.model_copy(update={"line": anchor.line + lines, "end_line": anchor.end_line + lines})
