"""What parsers of documents take quadratic time for, taken out of a text before they read it."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_MARKS = 8_000
"""Marks of one paragraph, beyond which it is no prose; parsers look for the other end of each."""
MOST_CORNERS = 200
"""Corners of one line of a table that is drawn."""
_MARKS = re.compile(r"[\[\]*_`<|]")


def tamed(text: str) -> tuple[str, bool]:
    """The text with paragraphs of too many marks as empty lines, and whether there was any."""
    if len(_MARKS.findall(text)) <= MOST_MARKS and text.count("+") <= MOST_CORNERS:
        return text, False
    lines = text.split("\n")
    for first, last in _paragraphs(lines):
        marks = sum(len(_MARKS.findall(line)) for line in lines[first:last])
        corners = max(line.count("+") for line in lines[first:last])
        if marks > MOST_MARKS or corners > MOST_CORNERS:
            lines[first:last] = [""] * (last - first)
    tame = "\n".join(lines)
    return tame, tame != text


def _paragraphs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of lines that are not empty: the first, and the one after the last, from 0."""
    first = -1
    for number, line in enumerate([*lines, ""]):
        if line.strip() and first < 0:
            first = number
        elif not line.strip() and first >= 0:
            yield first, number
            first = -1
