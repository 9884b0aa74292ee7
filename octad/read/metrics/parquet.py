"""Metrics from a Parquet table: the time column, and every other column a series.

The time is the first column that holds timestamps (data frames keep their index last), else the first.
"""

from __future__ import annotations

from array import array
from importlib import import_module
from typing import Any

from octad.errors import InputError, MissingExtra
from octad.read.instants import Instant, instant
from octad.read.metrics.points import Observed, check_cells
from octad.records.series import SeriesSet


def read_parquet(data: bytes, source: str) -> SeriesSet:
    """Every series of a table; raises InputError for what is no number, MissingExtra without pyarrow."""
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        message = f"{source}: reading Parquet needs pyarrow"
        raise MissingExtra(message, hint="pip install 'octad[ops]'") from error
    try:
        file = parquet.ParquetFile(arrow.BufferReader(data))
        check_cells(file.metadata.num_rows * file.metadata.num_columns, source)
        index = _checked(file.schema_arrow, arrow.types, source)
        table = file.read()
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{source}: damaged Parquet", hint="write the file anew") from error
    if not table.num_rows:
        raise InputError(f"{source}: no rows", hint="export a longer window")
    moments = _moments(table.column(index), arrow, source)
    times = array("d", [moment.seconds for moment in moments])
    flags = set() if all(moment.zoned for moment in moments) else {"no-zone"}
    made = []
    for place, name in enumerate(table.column_names):
        if place != index:
            values = array("d", table.column(place).cast("float64", safe=False).to_numpy().tolist())
            made.append(Observed(name, source, flags=flags, times=times, values=values).series())
    return SeriesSet(series=tuple(made))


def _checked(schema: Any, types: Any, source: str) -> int:
    """Which column is the time; raises InputError unless every other one is of numbers and has its name."""
    if len(schema) < 2 or len(set(schema.names)) < len(schema):
        raise InputError(f"{source}: needs a time and columns of different names", hint="check the export")
    index = next((place for place, kind in enumerate(schema.types) if types.is_timestamp(kind)), 0)
    for place, (name, kind) in enumerate(zip(schema.names, schema.types, strict=True)):
        known = (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean, types.is_null)
        if place != index and not any(test(kind) for test in known):
            raise InputError(f"{source}: column {name!r} holds no numbers but {kind}", hint="leave it out")
    return index


def _moments(column: Any, arrow: Any, source: str) -> list[Instant]:
    """Times of a column of timestamps, numbers or texts; raises InputError, naming the row."""
    is_timestamp, zoned = arrow.types.is_timestamp(column.type), True
    if is_timestamp:
        zoned = column.type.tz is not None
        column = column.cast(arrow.timestamp("us", tz=column.type.tz), safe=False).cast("int64")
    moments = []
    for row, cell in enumerate(column.to_pylist(), 1):
        try:
            moments.append(Instant(cell / 1e6, zoned) if is_timestamp else instant(str(cell)))
        except (TypeError, ValueError, OverflowError) as error:
            hint = "the time is a timestamp, Unix time or ISO 8601"
            raise InputError(f"{source}: row {row}: {str(cell)[:40]!r} is no time", hint=hint) from error
    return moments
