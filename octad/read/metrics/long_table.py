"""Metrics from a table that has a row per value: time, what was measured, labels, value.

Which columns are which follows from their names: a time, a metric's name, labels such as service, pod or
host, a unit; every other column holds values, and names the metric where no column does. Then other words are
states and remarks, no labels: they are left out, and said. Rows of one name and other units stay apart, for
bytes and megabytes are no one series.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from octad.errors import InputError
from octad.read.metrics.histograms import Labelled
from octad.read.metrics.label_names import METRIC
from octad.read.metrics.labelled import series_of_labels
from octad.read.metrics.points import Observed, check_cells, check_series
from octad.read.metrics.table_cells import number_of, seconds_of
from octad.records.series import SeriesSet, split_name
from octad.records.skipped import Skipped

_TIMES = ("_time", "timestamp", "time", "datetime", "date", "ts", "@timestamp", "timestamp_ms", "unix_time")
_NAMES = (
    "metric",
    "metric_name",
    "name",
    "__name__",
    "measurement",
    "_measurement",
    "series",
    "field",
    "_field",
    "kpi_name",
    "kpi",
)
_VALUES = ("value", "_value", "val", "metric_value", "metricvalue", "v")
_UNITS = ("unit", "units")
_LABELS = re.compile(
    "service|service[._]?name|app|application|job|pod|pod_name|container|container_name|instance|host|hostname|node"
    "|namespace|cluster|region|zone|env|environment|deployment|workload|component|endpoint|method|code|le"
    "|quantile|device|server|source|destination|cmdb_id|entity"
)
_SEPARATOR = re.compile(r"\W+")
_IGNORED = ("", "result", "table", "_start", "_stop", "datatype")


class Columns(NamedTuple):
    """Where in a row what stands."""

    time: int
    names: tuple[int, ...]
    labels: tuple[int, ...]
    values: tuple[int, ...]
    unit: int | None
    left_out: tuple[int, ...]


def columns_of(header: Sequence[str], first: Sequence[str]) -> Columns | None:
    """The columns of a long table by its header and first row; None for a table with a column per series."""
    names = [cell.strip().lower() for cell in header]
    if len(set(names)) < len(names) or len(first) != len(names):
        return None
    time = next((names.index(one) for one in _TIMES if one in names), 0)
    words = {at for at, cell in enumerate(first) if at != time and not _is_number(cell)}
    called = tuple(names.index(one) for one in _NAMES if one in names and names.index(one) in words)
    unit = next((names.index(one) for one in _UNITS if one in names and names.index(one) in words), None)
    taken = {time, unit, *called, *(at for at, one in enumerate(names) if one in _IGNORED)}
    values = tuple(at for at, one in enumerate(names) if one in _VALUES and at not in taken)
    blank = {at for at, cell in enumerate(first) if not cell.strip() and _LABELS.fullmatch(names[at])}
    labels = (words | blank) - taken - set(values)
    if called and values:
        labels |= set(range(len(names))) - taken - set(values)
        words = labels
    else:
        labels = {at for at in labels if _LABELS.fullmatch(names[at])}
        if not labels - blank:
            return None
    values = values or tuple(at for at in range(len(names)) if at not in taken | labels | words)
    left_out = tuple(sorted(words - labels - taken))
    return Columns(time, called, tuple(sorted(labels)), values, unit, left_out) if values else None


def read_long(
    header: Sequence[str], columns: Columns, rows: Iterable[tuple[int, list[str]]], source: str
) -> SeriesSet:
    """Every series of a long table; raises InputError, naming row and column, for what is no number."""
    table = _LongTable(tuple(cell.strip() for cell in header), columns, source)
    for line, row in rows:
        table.take(line, row)
    if not table.cells:
        raise InputError(f"{source}: no rows below the header", hint="export a longer window")
    return table.series()


class _LongTable:
    """Values of one table by what they are of."""

    def __init__(self, header: tuple[str, ...], columns: Columns, source: str) -> None:
        self.header = header
        self.columns = columns
        self.source = source
        self.cells = 0
        self.units: dict[str, set[str]] = {}
        self.zoneless = False
        self.found: dict[tuple[str, ...], list[Labelled]] = {}

    def take(self, line: int, row: list[str]) -> None:
        """Add the values of one row to their series."""
        if len(row) != len(self.header):
            raise InputError(
                f"{self.source}: row {line} has {len(row)} cells, the header has {len(self.header)}",
                hint="check its separators and quotes",
            )
        seconds, zoned = seconds_of(row[self.columns.time], line, self.source)
        self.zoneless = self.zoneless or not zoned
        for at, one in zip(self.columns.values, self._series(row), strict=True):
            place = f"{self.source}: row {line}, column {self.header[at]!r}"
            one.observed.add(seconds, number_of(row[at], place), line)
        self.cells += len(self.columns.values)
        check_cells(self.cells, self.source)

    def _series(self, row: Sequence[str]) -> list[Labelled]:
        """The series that the values of a row belong to, one for each column of values."""
        unit = row[self.columns.unit].strip() if self.columns.unit is not None else ""
        key = (*(row[at].strip() for at in (*self.columns.names, *self.columns.labels)), unit)
        if key not in self.found:
            check_series(len(self.found), self.source)
            self.found[key] = [self._new(key, at, unit) for at in self.columns.values]
        return self.found[key]

    def _new(self, key: Sequence[str], at: int, unit: str) -> Labelled:
        """A series with the labels of a row."""
        named = [part for part in key[: len(self.columns.names)] if part]
        only = len(self.columns.values) == 1 and self.header[at].lower() in _VALUES
        metric = "_".join(named if only else [*named, self.header[at]])
        values = key[len(self.columns.names) : -1]
        names = (_SEPARATOR.sub("_", self.header[one].lower()) for one in self.columns.labels)
        labels = dict(zip(names, values, strict=True))
        service, rest = split_name(metric)
        if service and not labels.get("service"):
            labels["service"], metric = service, rest
        if unit:
            self.units.setdefault(metric, set()).add(unit)
        return Labelled({**labels, METRIC: metric}, Observed("", self.source, unit=unit))

    def series(self) -> SeriesSet:
        """All series, named apart; those of one name in several units are said."""
        mixed = {metric: units for metric, units in self.units.items() if len(units) > 1}
        found = []
        for one in (one for group in self.found.values() for one in group):
            metric = one.labels[METRIC]
            if self.zoneless:
                one.observed.flags.add("no-zone")
            told = {"unit": one.observed.unit} if metric in mixed else {}
            found.append(Labelled({**one.labels, **told}, one.observed))
        skipped = words_left_out(self.source, self.header, self.columns.left_out)
        for metric, units in sorted(mixed.items()):
            reason = f"{metric!r} is measured in {' and '.join(sorted(units))}: kept apart"
            skipped += (Skipped(path=self.source, reason=reason),)
        return SeriesSet(series=series_of_labels(found), skipped=skipped)


def words_left_out(source: str, header: Sequence[str], columns: Sequence[int]) -> tuple[Skipped, ...]:
    """What is to be said of columns that hold words where others hold numbers; nothing of none."""
    named = ", ".join(repr(header[at].strip()) for at in columns)
    reason = f"columns of words are left out: {named}"
    return (Skipped(path=source, reason=reason),) if columns else ()


def _is_number(cell: str) -> bool:
    """Whether a cell may hold a value, or nothing."""
    try:
        number_of(cell, "")
    except InputError:
        return False
    return True
