"""Spans from a table: a header, and a span on every row; columns are found by the names in common use."""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from octad.errors import InputError
from octad.read.instants import instant
from octad.read.logs.fields import workload_of
from octad.read.traces.attributes import is_failed_status
from octad.read.traces.columns import Columns
from octad.read.traces.span import NANOSECONDS, NOBODY, Peer, Span, identity, kind_of, nanoseconds
from octad.read.traces.table_units import UNITS, told_unit

NAMES: Mapping[str, tuple[str, ...]] = {
    "trace": ("traceid", "trace"),
    "id": ("spanid", "id", "span"),
    "parent": ("parentspanid", "parentid", "parentspan", "parent", "pspanid", "pid"),
    "service": (
        "servicename", "service", "resourceservicename", "microservice", "app", "application",
    ),
    "pod": ("podname", "pod", "cmdbid", "containername", "container", "instance"),
    "kind": ("spankind", "kind"),
    "start": (
        "starttimeunixnano", "starttime", "start", "starttimestamp", "startts", "timestamp", "time",
        "startedat", "begintime", "begin",
    ),
    "end": ("endtimeunixnano", "endtime", "end", "endtimestamp", "endts", "endedat", "finishtime"),
    "duration": ("duration", "elapsedtime", "elapsed", "latency", "responsetime", "rt"),
    "failed": ("error", "iserror", "haserror", "failed", "exception"),
    "success": ("success", "issuccess"),
    "status": ("statuscode", "status", "otelstatuscode", "httpstatuscode", "code"),
    "peer": ("peerservice", "spanattributespeerservice"),
    "database": ("dbsystem", "dbtype"),
}  # fmt: skip
"""What the columns are called, without case and punctuation; of several the first is taken."""
_UNIT = re.compile(
    r"(?<=[a-z0-9])[\s_(\[.-]*(?:unix)?(?:(?P<ns>ns|nanos?(?:econds)?)|(?P<us>us|µs|micros?(?:econds)?)"
    r"|(?P<ms>ms|msec|millis?(?:econds)?)|(?P<s>(?<=[\s_(\[])s|sec|seconds))[)\]]?$"
)
_FAILED = frozenset({"error", "err", "failed", "failure", "fail", "exception", "timeout"})
_NO = frozenset({"false", "0", "no", "f", "", "none", "null", "nan"})


def read_table(lines: Iterator[str], source: str, columns: Columns) -> None:
    """Add the spans of a table of text; raises InputError, naming the row, for what is none."""
    header = next((line for line in lines if line.strip()), "")
    separator = max(",;\t", key=header.count)
    rows = csv.reader(chain([header], lines), delimiter=separator)
    first = len(columns)
    try:
        table = _Table(next(rows, []), source)
        for row in rows:
            if row:
                table.add(row, columns, rows.line_num)
    except csv.Error as error:
        raise InputError(f"{source}: row {rows.line_num}: {error}", hint="check its quotes") from error
    table.end(columns, first)


class _Table:
    """The columns of one table, and the durations that still wait for their unit."""

    def __init__(self, header: Sequence[str], source: str) -> None:
        plain = [name.strip().lower() for name in header]
        bare = [re.sub(r"[^a-z0-9]", "", name) for name in plain]
        cut = [re.sub(r"[^a-z0-9]", "", _UNIT.sub("", name)) for name in plain]
        self.source = source
        self.width = len(header)
        self.at: dict[str, int] = {}
        for field, names in NAMES.items():
            found = [spelt.index(name) for name in names for spelt in (bare, cut) if name in spelt]
            if found:
                self.at[field] = found[0]
        self._check(header)
        self.unit = _unit_of(plain[self.at["duration"]]) if "duration" in self.at else 0
        self.raw = array("d")

    def _check(self, header: Sequence[str]) -> None:
        missing = [name for name in ("id", "start") if name not in self.at]
        missing += ["service"] if not self.at.keys() & {"service", "pod"} else []
        missing += ["duration"] if not self.at.keys() & {"duration", "end"} else []
        if missing:
            found = " ".join(", ".join(header).split())[:200]
            raise InputError(
                f"{self.source}: no column for {', '.join(missing)} among {found}",
                hint="name columns trace_id, span_id, parent_id, service, start, duration, status",
            )

    def add(self, row: Sequence[str], columns: Columns, line: int) -> None:
        """Take one row; an end says more than a duration without a unit. Raises InputError for no number."""
        cell = {field: row[at].strip() if at < len(row) else "" for field, at in self.at.items()}
        place = f"{self.source}: row {line}"
        start = _time(cell["start"], place)
        end = _time(cell.get("end", ""), place)
        if end and not (self.unit and cell["duration"]):
            duration, raw = end - start, -1.0
        else:
            raw = _number(cell["duration"], place) if cell.get("duration") else -1.0
            duration = 0 if raw >= 0 else -1
        if columns.add(_span(cell, start, duration)):
            self.raw.append(raw)

    def end(self, columns: Columns, first: int) -> None:
        """Give the durations of the rows their unit, the one in their column's name or the one that fits."""
        if not any(value >= 0 for value in self.raw):
            return
        if not self.unit:
            self.unit = told_unit(columns, first, self.raw)
            columns.flags.add(f"durations-in-{UNITS[self.unit]}")
        columns.measure(first, self.raw, self.unit)


def _span(cell: Mapping[str, str], start: int, duration: int) -> Span:
    service = cell.get("service") or workload_of(cell.get("pod", "")) or NOBODY
    named, database = cell.get("peer", ""), cell.get("database", "")
    kind = "database" if database else "service"
    return Span(
        trace=identity(cell.get("trace", "")),
        id=identity(cell["id"]),
        parent=identity(cell.get("parent", "")),
        service=service,
        kind=kind_of(cell.get("kind", "")),
        start=start,
        duration=duration,
        error=_failed(cell),
        peer=Peer(named or database, kind) if named or database else None,
    )


def _failed(cell: Mapping[str, str]) -> bool:
    """Whether one of the columns that say so says that it failed."""
    if cell.get("failed", "").lower() not in _NO:
        return True
    success, status = cell.get("success", "").lower(), cell.get("status", "")
    if (success in _NO and success not in ("", "none", "null", "nan")) or status.lower() in _FAILED:
        return True
    number = status.removesuffix(".0")
    return status.upper().endswith("_ERROR") or is_failed_status(number)


def _time(cell: str, place: str) -> int:
    """Nanoseconds of a time, 0 for none; raises InputError, naming the row."""
    if cell.lower() in _NO:
        return 0
    try:
        whole = nanoseconds(cell) if cell.isdecimal() else int(instant(cell).seconds * NANOSECONDS)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{place}: {cell[:40]!r} is no time", hint="write Unix time, or ISO 8601 in UTC"
        ) from error
    return whole or 0


def _number(cell: str, place: str) -> float:
    try:
        found = float(cell)
    except ValueError as error:
        raise InputError(f"{place}: {cell[:40]!r} is no duration", hint="write a plain number") from error
    return found if 0 <= found < 1e18 else -1.0


def _unit_of(name: str) -> int:
    """Nanoseconds of the unit that the name of a column ends with, 0 where it ends with none."""
    match = _UNIT.search(name)
    return {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": NANOSECONDS}[match.lastgroup or "s"] if match else 0
