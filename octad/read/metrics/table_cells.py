"""Cells of a table of text: times, and numbers where something was observed."""

from __future__ import annotations

import re

from octad.errors import InputError
from octad.read.instants import Instant, instant

NOT_OBSERVED = frozenset({"", "-", "na", "n/a", "nil", "none", "null", "undefined"})
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


def is_time(cell: str) -> bool:
    """Whether a cell is a time."""
    try:
        instant(cell)
    except (ValueError, OverflowError):
        return False
    return True


def seconds_of(cell: str, line: int, source: str) -> Instant:
    """Seconds of a time, and whether it said its zone; raises InputError, naming the row."""
    try:
        return instant(cell)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{source}: row {line}: {cell.strip()[:40]!r} is no time",
            hint="the first column is Unix time or ISO 8601 such as 2026-01-31T12:00:00Z",
        ) from error


def number_of(cell: str, place: str) -> float:
    """The value of a cell, not a number where nothing was observed; raises InputError, naming its place."""
    try:
        value = float(cell)
    except ValueError as error:
        if cell.strip().lower() in NOT_OBSERVED:
            return float("nan")
        raise _not_a_number(cell, place) from error
    if "_" in cell:  # Python reads 1_0 as ten; nobody else does
        raise _not_a_number(cell, place)
    return value


def _not_a_number(cell: str, place: str) -> InputError:
    """What to say of a cell that is no number."""
    hint = "write numbers plainly, without unit or thousands separators; leave cells empty for gaps"
    if _DECIMAL_COMMA.fullmatch(cell.strip()):
        hint = "write numbers with a decimal point, not a comma"
    return InputError(f"{place}: {cell.strip()[:40]!r} is no number", hint=hint)
