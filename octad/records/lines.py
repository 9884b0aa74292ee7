"""Lines of text, numbered as editors number them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from octad.records.code import Code, LineRange


class LineSet:
    """Ranges of lines, in which a line is found without looking at each of them."""

    def __init__(self, ranges: Iterable[LineRange]) -> None:
        self._ranges: list[LineRange] = []
        for one in sorted(ranges, key=lambda one: one.first):
            if self._ranges and one.first <= self._ranges[-1].last:
                if one.last > self._ranges[-1].last:
                    self._ranges[-1] = LineRange(first=self._ranges[-1].first, last=one.last)
            else:
                self._ranges.append(one)
        self._firsts = [one.first for one in self._ranges]
        self._lasts = [one.last for one in self._ranges]

    def within(self, first: int, last: int) -> tuple[LineRange, ...]:
        """The ranges that share a line with `first` to `last`, both included, as they are."""
        return tuple(self._ranges[bisect_left(self._lasts, first) : bisect_right(self._firsts, last)])

    def __contains__(self, line: int) -> bool:
        """Whether a line is in one of them."""
        return bisect_left(self._lasts, line) < bisect_right(self._firsts, line)


def lines_of(text: str) -> list[str]:
    """Lines without their ends, split at line feeds only: a form feed or U+2028 starts no line of a file.

    An end of line at the end of the text starts no further line.
    """
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def encodable(text: str) -> str:
    """The text as a record can hold it: bytes that were no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sources_of(codes: Iterable[Code]) -> dict[str, str]:
    """Text by path, numbered like the file; lines that no unit of a path covers are empty."""
    found: dict[str, list[str]] = {}
    for code in codes:
        lines = found.setdefault(code.path, [])
        new = lines_of(code.text)
        first = code.first_line - 1
        lines.extend([""] * (first + len(new) - len(lines)))
        lines[first : first + len(new)] = new
    return {path: "\n".join([*lines, ""]) for path, lines in found.items()}
