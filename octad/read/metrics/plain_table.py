"""The same of a table as csv_table reads, several times faster, where values are plain numbers or missing.

The first column may hold times in any spelling. Whatever is unusual below the header, a quote, a blank line,
a row that is too short, a word, is left to the careful reader: of what both read they give the same.
"""

from __future__ import annotations

import io
import re
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from octad.errors import InputError
from octad.read.instants import UNITS
from octad.read.metrics.points import Floats, Integers
from octad.read.metrics.table_cells import seconds_of

_BEGIN = 1000
"""Bytes below the header among which there is a row, for numpy warns of none."""

_CONTROL = bytes(code for code in range(32) if code not in b"\t\r\n")
"""What numpy takes for blanks, and Python does not."""


class Plain(NamedTuple):
    """Times `[T]` in Unix seconds, values `[T, N]`, the lines `[T]`, and whether every time said its zone."""

    times: Floats
    values: Floats
    lines: Integers
    zoned: bool


def plain_table(data: bytes, separator: str, header: bytes) -> Plain | None:
    """A table whose first line is `header`, parted by one character; None for what is not plain."""
    part = separator.encode()
    rows = data.count(b"\n") - 1 + (not data.endswith(b"\n"))
    columns = header.count(part) + 1
    if not (data.isascii() or data[len(header) :].isascii()) or data.count(b"\r") != data.count(b"\r\n"):
        return None
    if len(data.translate(None, _CONTROL)) < len(data):
        return None
    if columns < 2 or rows < 1 or not data[len(header) : len(header) + _BEGIN].strip():
        return None
    data = _with_nan(data, part)
    lines = np.arange(2, rows + 2, dtype=np.int64)
    whole = _loaded(data, separator)
    if whole is not None and whole.shape == (rows, columns):
        seconds = _unix_seconds(whole[:, 0])
        return None if seconds is None else Plain(seconds, whole[:, 1:], lines, True)
    values = _loaded(data, separator, range(1, columns))
    if values is None or values.shape != (rows, columns - 1):
        return None
    return _timed(data, part, values, lines)


def _with_nan(data: bytes, part: bytes) -> bytes:
    """The table with a word for numbers that are missing, which numpy would not read."""
    if not (data.endswith(part) or any(part + end in data for end in (part, b"\n", b"\r"))):
        return data
    return re.sub(b"(?<=" + part + b")(?=[" + part + b"\r\n]|\\Z)", b"nan", data)


def _loaded(data: bytes, separator: str, columns: Sequence[int] | None = None) -> Floats | None:
    """All columns `[T, N]`, or some; None where a cell is no number or a row has too few."""
    try:
        return np.loadtxt(
            io.BytesIO(data),
            delimiter=separator,
            skiprows=1,
            usecols=columns,
            comments=None,
            ndmin=2,
            encoding="latin-1",
        )
    except ValueError:
        return None


def _timed(data: bytes, part: bytes, values: Floats, lines: Integers) -> Plain | None:
    """The table with the times of its first column, which are no numbers; None where one is no time."""
    columns, times, zoned = values.shape[1], array("d"), True
    rows = iter(io.BytesIO(data))
    next(rows)
    for line, row in enumerate(rows, 2):
        if row.count(part) != columns:
            return None
        try:
            seconds, said = seconds_of(row.partition(part)[0].decode("ascii"), line, "")
        except InputError:
            return None
        times.append(seconds)
        zoned = zoned and said
    return Plain(np.array(times), values, lines, zoned)


def _unix_seconds(numbers: Floats) -> Floats | None:
    """Seconds of numbers of seconds to nanoseconds, each by its size; None beyond all years."""
    sizes = np.abs(numbers)
    if not (sizes < UNITS[-1][0]).all():
        return None
    seconds = numbers.copy()
    for (over, _), (below, per_second) in pairwise(UNITS):
        within = (sizes >= over) & (sizes < below)
        seconds[within] = numbers[within] / per_second
    return seconds
