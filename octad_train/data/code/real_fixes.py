"""Functions of real projects just before somebody mended them, and functions that survived for three years.

Read from the set `real_fixes`, split by project. About a quarter of the fixes mend no clear defect, by the
README of the set, and what a function is fixed for may not show in it.
"""

from __future__ import annotations

from collections.abc import Iterator
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
            yield RealFunction(_code(row, row["before"]), _mended(row), row["repo"])
    for row in rows(CLEAN):
        if row["split"] == part:
            yield RealFunction(_code(row, row["text"]), (), row["repo"])


def _code(row: Row, text: str) -> Code:
    return Code(path=row["path"], text=text, language="python", first_line=row["line"])


def _mended(row: Row) -> tuple[LineRange, ...]:
    """Lines of the file; where a fix only inserts, the two lines that it goes between."""
    first = row["line"] - 1
    return tuple(
        LineRange(first=first + a, last=first + b) if b >= a else LineRange(first=first + b, last=first + a)
        for a, b in ((max(a, 1), b) for a, b in row["lines_before"])
    )
