"""A file of metrics to series: its format by the name's ending, else by how it begins.

Known are tables (`.csv`, `.tsv`, `.parquet`), answers of Prometheus (`.json`) and text exposition
(`.prom`, `.om`, `.openmetrics`), each also compressed, and all on standard input. Beyond MAX_BYTES (expanded;
of JSON contents.MAX_BYTES) or points.MAX_CELLS values a file is refused, so that the memory is bounded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import Path

from octad.errors import UnreadableInput
from octad.read.code.decode import SAMPLE, decode
from octad.read.contents import COMPRESSED, contents, shown_name
from octad.read.contents import MAX_BYTES as JSON_BYTES
from octad.read.metrics.csv_table import SEPARATORS, SMALL, read_csv, read_plain_csv
from octad.read.metrics.openmetrics import is_exposition, read_openmetrics
from octad.read.metrics.parquet import read_parquet
from octad.read.metrics.prometheus_json import read_prometheus
from octad.records.series import SeriesSet

MAX_BYTES = 256_000_000
_DUMPED = re.compile(rb'\{\s*(?:[A-Za-z_]\w*\s*=|"(?:[^"\\]|\\.)*"\s*[,}])')
Reader = Callable[[bytes, str], SeriesSet]
_KNOWN = "known are CSV, Parquet, Prometheus JSON and OpenMetrics text"


def read_series(path: Path) -> SeriesSet:
    """Every series of a file; raises InputError, naming file and row, for what cannot be read.

    Raises MissingExtra for Parquet without pyarrow.
    """
    source, data = shown_name(path), contents(path, MAX_BYTES)
    if not data.strip():
        raise UnreadableInput(f"{source}: empty file", hint="export a longer window")
    ending = Path(path.stem if path.suffix in COMPRESSED else path.name).suffix.lower()
    reader = _READERS.get(ending) or _recognised(data, source)
    return reader(data, source)


def _recognised(data: bytes, source: str) -> Reader:
    """The reader for what begins like this."""
    if data.startswith(b"PAR1"):
        return read_parquet
    begin = data[:SAMPLE].removeprefix(codecs.BOM_UTF8).lstrip()
    if _DUMPED.match(begin):
        return _exposition
    if begin.startswith((b"{", b"[")):
        return _json
    first = next(filter(str.strip, _text(data[:SAMPLE], source).split("\n")), "")
    if is_exposition(first):
        return _exposition
    if any(separator in first for separator in SEPARATORS):
        return _table
    raise UnreadableInput(f"{source}: unknown format", hint=_KNOWN)


def _text(data: bytes, source: str) -> str:
    """Bytes as text; raises UnreadableInput, naming the file, for what is none."""
    try:
        return decode(data).text
    except UnreadableInput as error:
        raise UnreadableInput(f"{source}: {error.message}", hint=_KNOWN) from error


def _table(data: bytes, source: str) -> SeriesSet:
    plain = read_plain_csv(data, source) if len(data) > SMALL else None
    return plain or read_csv(_text(data, source), source)


def _json(data: bytes, source: str) -> SeriesSet:
    if len(data) > JSON_BYTES:
        raise UnreadableInput(
            f"{source}: JSON larger than {JSON_BYTES:,} bytes", hint="cut it to the hours in question"
        )
    return read_prometheus(data, source)


def _exposition(data: bytes, source: str) -> SeriesSet:
    return read_openmetrics(_text(data, source), source)


_READERS: dict[str, Reader] = {
    ".csv": _table,
    ".tsv": _table,
    ".parquet": read_parquet,
    ".pq": read_parquet,
    ".json": _json,
    ".prom": _exposition,
    ".om": _exposition,
    ".openmetrics": _exposition,
}
