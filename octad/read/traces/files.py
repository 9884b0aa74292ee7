"""Files of traces to what they add up to, whatever format each is in.

Known are JSON of OpenTelemetry (also as lines, as the file exporter writes it), of Jaeger and of Zipkin
(version 2), and tables of spans (CSV), each also with `.gz`. Memory is bounded: spans are kept in columns,
MAX_SPANS of them at most, and a single JSON document may have MAX_DOCUMENT bytes.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from octad.errors import InputError, UnreadableInput
from octad.read.code.decode import is_binary
from octad.read.contents import shown_name
from octad.read.logs.stream import open_log
from octad.read.traces.columns import Columns
from octad.read.traces.documents import documents, lines_of
from octad.read.traces.jaeger import read_jaeger
from octad.read.traces.otlp import RESOURCES, read_otlp
from octad.read.traces.span import Span
from octad.read.traces.table import read_table
from octad.read.traces.tallies import summed
from octad.read.traces.zipkin import read_zipkin
from octad.records.traces import Traces

_JAEGER = ({"data"}, {"spans", "processes"}, {"traceID", "spanID"})
_KNOWN = "known are JSON of OpenTelemetry, Jaeger and Zipkin, and CSV"


def read_traces(paths: Sequence[Path], *, at: float | None = None, least: float = 1.0) -> Traces:
    """What the spans of all files together add up to; raises InputError, naming the file, for no traces.

    A bucket begins at `at`, in Unix seconds, where that is given; `least` is about how many seconds one is
    wide at least.
    """
    columns = Columns()
    for path in paths:
        source, before = shown_name(path), len(columns)
        if path.is_dir():
            raise UnreadableInput(f"{source} is a folder", hint="name the files of traces in it")
        with open_log(path, columns.flags) as chunks:
            _read(_whole_lines(chunks, source), source, columns)
        if len(columns) == before:
            raise InputError(f"{source}: holds no span with a time, an id and a duration", hint=_KNOWN)
    found = summed(columns.frame(), columns.flags, at, least)
    return found.model_copy(update={"source": shown_name(paths[0])})


def _whole_lines(chunks: Any, source: str) -> Iterator[bytes]:
    """Lines from the first one on that is not blank; raises UnreadableInput where there is none."""
    lines = lines_of(chunks, source)
    lines = chain([next(lines, b"").removeprefix(codecs.BOM_UTF8)], lines)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UnreadableInput(f"{source}: empty file", hint="export a longer window")
    return chain([first.lstrip()], lines)


def _read(lines: Iterator[bytes], source: str, columns: Columns) -> None:
    """Add the spans of a file; raises InputError for what holds none."""
    first = next(lines)
    if is_binary(first[:65_536]):
        raise UnreadableInput(f"{source}: binary data", hint=_KNOWN)
    lines = chain([first], lines)
    if not first.startswith((b"{", b"[")):
        read_table((f"{line.decode('utf-8', 'replace')}\n" for line in lines), source, columns)
        return
    for number, value in enumerate(documents(lines, source, columns.flags), 1):
        try:
            found = spans_of(value)
            if found is None:
                raise InputError(f"document {number} is JSON, but no trace", hint=_KNOWN)
            for span in found:
                columns.add(span)
        except InputError as error:
            raise InputError(f"{source}: {error.message}", hint=error.hint) from error


def spans_of(value: object) -> Iterator[Span | None] | None:
    """The spans of a JSON value by its format, None where it is none that is known.

    A list, or a list of lists, is one of spans or of traces.
    """
    if isinstance(value, list):
        flat = chain.from_iterable(one if isinstance(one, list) else [one] for one in value)
        parts = [_spans_of(one) for one in flat if isinstance(one, dict)]
        known = [part for part in parts if part is not None]
        return chain.from_iterable(known) if known or not value else None
    if not isinstance(value, dict):
        return None
    wrapped = value.get("trace") or value.get("result")
    return _spans_of(wrapped if isinstance(wrapped, dict) else value)


def _spans_of(value: dict[str, Any]) -> Iterator[Span | None] | None:
    if any(name in value for name in RESOURCES):
        return read_otlp(value)
    if any(names <= value.keys() for names in _JAEGER):
        return read_jaeger(value)
    if {"traceId", "id"} <= value.keys():
        return iter([read_zipkin(value)])
    return None
