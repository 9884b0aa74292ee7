"""Metrics from a table of text: the first column is the time, every other column a series.

Separators are comma, semicolon or tab; a row is named by the line that it ends on, the header is row 1.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Sequence

from octad.errors import InputError
from octad.read.instants import instant
from octad.read.metrics.points import Observed, check_cells, check_series
from octad.records.series import SeriesSet

NOT_OBSERVED = frozenset({"", "-", "na", "n/a", "nil", "none", "null", "undefined"})
SEPARATORS = ",;\t"
_QUOTED = re.compile(r'"[^"]*"')
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


def read_csv(text: str, source: str) -> SeriesSet:
    """Every series of a table; raises InputError, naming row and column, for what is no number."""
    rows = _rows(text, source)
    names = _names(next(rows, (1, []))[1], source)
    times, lines, zoneless = array("d"), array("q"), False
    check_series(len(names), source)
    columns = [array("d") for _ in names]
    for line, (moment, *cells) in rows:
        seconds, zoned = _time(moment, line, source)
        _add(columns, cells, names, f"{source}: row {line}")
        times.append(seconds)
        lines.append(line)
        zoneless = zoneless or not zoned
        check_cells(len(times) * len(names), source)
    if not times:
        raise InputError(f"{source}: no rows below the header", hint="export a longer window")
    flags = {"no-zone"} if zoneless else set()
    made = (
        Observed(name, source, flags=flags, times=times, values=values, lines=lines)
        for name, values in zip(names, columns, strict=True)
    )
    return SeriesSet(series=tuple(one.series() for one in made))


def _add(columns: Sequence[array[float]], cells: Sequence[str], names: Sequence[str], place: str) -> None:
    """Take the values of one row, each into its column; raises InputError, naming row and column."""
    if len(cells) != len(names):
        raise InputError(
            f"{place} has {len(cells) + 1} cells, the header has {len(names) + 1}",
            hint="check its separators and quotes",
        )
    for column, cell, name in zip(columns, cells, names, strict=True):
        try:
            column.append(_number(cell))
        except ValueError as error:
            raise _not_a_number(cell, f"{place}, column {name!r}") from error


def _rows(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line that it ends on; the first is the header."""
    # The separator that the header has most of, outside quotes; of even ones the first.
    header = _QUOTED.sub("", next(filter(str.strip, _lines(text)), ""))
    separator = max(sorted(SEPARATORS, key=header.find), key=header.count)
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"{source}: row {reader.line_num}: {error}", hint="check its quotes") from error


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one at a time."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _names(header: Sequence[str], source: str) -> list[str]:
    """Names of the series; the first column's own name does not matter."""
    if not header:
        raise InputError(f"{source}: empty file", hint="write a header: time,service.metric,…")
    names = [cell.strip() for cell in header[1:]]
    if not names:
        raise InputError(f"{source}: no column beside the time", hint="part columns by , or ; or tabs")
    if _is_time(header[0]):
        raise InputError(f"{source}: row 1 is no header", hint="name the columns: time,service.metric,…")
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 2):
        if not name:
            raise InputError(f"{source}: row 1: column {number} has no name", hint="name or remove it")
        if name in seen:
            raise InputError(
                f"{source}: row 1: columns {seen[name]} and {number} are both named {name!r}",
                hint="give each its own name",
            )
        seen[name] = number
    return names


def _is_time(cell: str) -> bool:
    """Whether a cell of the header is a time, and so no name."""
    try:
        instant(cell)
    except (ValueError, OverflowError):
        return False
    return True


def _time(cell: str, line: int, source: str) -> tuple[float, bool]:
    """Seconds of a time, and whether it said its zone; raises InputError, naming the row."""
    try:
        return instant(cell)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{source}: row {line}: {cell.strip()[:40]!r} is no time",
            hint="the first column is Unix time or ISO 8601 such as 2026-01-31T12:00:00Z",
        ) from error


def _number(cell: str) -> float:
    """The value of a cell, not a number where nothing was observed; raises ValueError."""
    try:
        value = float(cell)
    except ValueError:
        if cell.strip().lower() in NOT_OBSERVED:
            return float("nan")
        raise
    if "_" in cell:
        raise ValueError("Python reads 1_0 as ten; nobody else does")
    return value


def _not_a_number(cell: str, place: str) -> InputError:
    """What to say of a cell that is no number."""
    hint = "write numbers plainly, without unit or thousands separators; leave cells empty for gaps"
    if _DECIMAL_COMMA.fullmatch(cell.strip()):
        hint = "write numbers with a decimal point, not a comma"
    return InputError(f"{place}: {cell.strip()[:40]!r} is no number", hint=hint)
