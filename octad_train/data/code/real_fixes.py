"""Functions of real projects just before somebody mended them, and functions that survived for three years.

Read from the set `real_fixes`, split by project. About a quarter of the fixes mend no clear defect, by the
README of the set, and what a function is fixed for may not show in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from octad.records.code import Code, LineRange
from octad_train.data.public_sets import Row, rows

FIXES, CLEAN = "real_fixes/fixes.jsonl.xz", "real_fixes/clean.jsonl.xz"


class RealFunction(NamedTuple):
    """A function, and the lines of its file that were mended; none where it survived."""

    code: Code
    mended: tuple[LineRange, ...]
    project: str


def real_functions(part: str = "valid") -> Iterator[RealFunction]:
    """Fixed functions of a part, then those that survived. Raises InputError without the set."""
    for row in rows(FIXES):
        if row["split"] == part:
            yield RealFunction(code_of(row, row["before"]), mended(row, row["lines_before"]), row["repo"])
    for row in rows(CLEAN):
        if row["split"] == part:
            yield RealFunction(code_of(row, row["text"]), (), row["repo"])


def code_of(row: Row, text: str) -> Code:
    """One text of a row as a part of its file."""
    return Code(path=row["path"], text=text, language="python", first_line=row["line"])


def mended(row: Row, spans: Sequence[Sequence[int]]) -> tuple[LineRange, ...]:
    """Lines of the file that spans of a row cover; where one is empty, the two lines that it lies between."""
    first = row["line"] - 1
    return tuple(LineRange(first=first + max(min(a, b), 1), last=first + max(a, b, 1)) for a, b in spans)


def lines_in(ranges: Sequence[LineRange]) -> frozenset[int]:
    """The numbers of all lines of some ranges."""
    return frozenset(line for one in ranges for line in range(one.first, one.last + 1))
