"""Metrics from a table of text: a column of times and a column per series, or a row per value.

Separators are comma, semicolon or tab; a row is named by the line that it ends on, the header is row 1. The
name of a column may hold labels, as `latency{service="cart"}`.
"""

from __future__ import annotations

import codecs
import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain

from octad.errors import InputError
from octad.read.metrics.label_names import disambiguated, series_name
from octad.read.metrics.long_table import columns_of, read_long, words_left_out
from octad.read.metrics.openmetrics import labels_of
from octad.read.metrics.plain_table import Plain, plain_table
from octad.read.metrics.points import Observed, Ticks, check_cells, check_series
from octad.read.metrics.table_cells import NOT_OBSERVED, is_time, number_of, seconds_of
from octad.records.series import SeriesSet

SEPARATORS = ",;\t"
SMALL = 50_000
"""Bytes of a table that is read carefully in no time."""
_QUOTED = re.compile(r'"[^"]*"')
_WORD = re.compile(r"[^\W\d_][^\d]*")
_NUMBERS = frozenset({"nan", "inf", "infinity"})
_ANNOTATION = re.compile(r"#(group|datatype|default)\b")


def read_plain_csv(data: bytes, source: str) -> SeriesSet | None:
    """The same as read_csv of the text of `data`, faster; None for what only the careful reader can read."""
    data = data.removeprefix(codecs.BOM_UTF8)
    header = data[: data.find(b"\n") + 1]
    try:
        text = header.decode()
        (_, cells), *more = _rows(text, source)
        names = _names(cells, source)
    except (InputError, UnicodeDecodeError, ValueError):
        return None
    check_series(len(names), source)
    check_cells((data.count(b"\n") - 1) * len(names), source)
    found = plain_table(data, _separator(text), header) if not more and len(header) < SMALL else None
    if found is None or found.values.shape[1] != len(names):
        return None
    return _columns(names, source, found)


def _columns(names: Sequence[str], source: str, table: Plain) -> SeriesSet:
    """The columns of a plain table as series."""
    times, lines, ticks = array("d", table.times.tobytes()), array("q", table.lines.tobytes()), Ticks()
    flags = set() if table.zoned else {"no-zone"}
    made = (
        Observed(name, source, flags=flags, times=times, lines=lines, values=array("d", column.tobytes()))
        for name, column in zip(_told_apart(names), table.values.T, strict=True)
    )
    return SeriesSet(series=tuple(one.series(ticks) for one in made))


def read_csv(text: str, source: str) -> SeriesSet:
    """Every series of a table; raises InputError, naming row and column, for what is no number."""
    rows = _rows(text, source)
    header, first = next(rows, (1, []))[1], next(rows, None)
    long = columns_of(header, first[1]) if first else None
    rows = chain([first] if first else [], rows)
    if long is not None:
        return read_long(header, long, ((line, row) for line, row in rows if row != header), source)
    names = _names(header, source)
    words = _words(first[1] if first else ())
    if not words:
        return _wide(names, rows, source)
    kept = [name for at, name in enumerate(names, 1) if at not in words]
    numbers = ((line, _without(row, words, len(header))) for line, row in rows)
    found = _wide(kept, numbers, source)
    return found.model_copy(update={"skipped": words_left_out(source, header, words)})


def _wide(names: Sequence[str], rows: Iterator[tuple[int, list[str]]], source: str) -> SeriesSet:
    """The series of a table with a column for each."""
    times, lines, zoneless = array("d"), array("q"), False
    check_series(len(names), source)
    columns = [array("d") for _ in names]
    for line, (moment, *cells) in rows:
        seconds, zoned = seconds_of(moment, line, source)
        _add(columns, cells, names, f"{source}: row {line}")
        times.append(seconds)
        lines.append(line)
        zoneless = zoneless or not zoned
        check_cells(len(times) * len(names), source)
    if not times:
        raise InputError(f"{source}: no rows below the header", hint="export a longer window")
    flags, ticks = {"no-zone"} if zoneless else set(), Ticks()
    made = (
        Observed(name, source, flags=flags, times=times, values=values, lines=lines)
        for name, values in zip(_told_apart(names), columns, strict=True)
    )
    return SeriesSet(series=tuple(one.series(ticks) for one in made))


def _words(row: Sequence[str]) -> tuple[int, ...]:
    """Which columns of a row hold words, where others hold numbers: states and remarks are no metrics."""
    words = tuple(at for at, cell in enumerate(row) if at and _WORD.fullmatch(cell.strip()))
    words = tuple(at for at in words if row[at].strip().lower() not in NOT_OBSERVED | _NUMBERS)
    return words if len(words) + 1 < len(row) else ()


def _without(row: list[str], left_out: Sequence[int], width: int) -> list[str]:
    """A row without some columns; one of another width as it is, so that it is refused."""
    return [cell for at, cell in enumerate(row) if at not in left_out] if len(row) == width else row


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names of series for the names of columns, labels in them read."""
    found = [(name, labels_of(name)) for name in names]
    return disambiguated(name if labels is None else series_name(labels) for name, labels in found)


def _add(columns: Sequence[array[float]], cells: Sequence[str], names: Sequence[str], place: str) -> None:
    """Take the values of one row, each into its column; raises InputError, naming row and column."""
    if len(cells) != len(names):
        raise InputError(
            f"{place} has {len(cells) + 1} cells, the header has {len(names) + 1}",
            hint="check its separators and quotes",
        )
    for column, cell, name in zip(columns, cells, names, strict=True):
        column.append(number_of(cell, f"{place}, column {name!r}"))


def _rows(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line that it ends on; the first is the header."""
    reader = csv.reader(_lines(text), delimiter=_separator(text), strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row) and not _ANNOTATION.match(row[0]):
                yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"{source}: row {reader.line_num}: {error}", hint="check its quotes") from error


def _separator(text: str) -> str:
    """The separator that the header has most of, outside quotes and braces; of even ones the first."""
    header = next((line for line in _lines(text) if line.strip() and not _ANNOTATION.match(line)), "")
    header = _QUOTED.sub("", header)
    return max(sorted(SEPARATORS, key=header.find), key=header.count)


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
    if is_time(header[0]):
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
