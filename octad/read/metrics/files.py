"""A file of metrics to series: its format by the name's ending, else by how it begins.

Known are tables (`.csv`, `.tsv`, `.parquet`), answers of Prometheus (`.json`) and text exposition
(`.prom`, `.om`, `.openmetrics`), each also with `.gz`. Beyond contents.MAX_BYTES (expanded) or
points.MAX_CELLS values a file is refused, so that the memory is bounded.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

from octad.errors import UnreadableInput
from octad.read.code.decode import SAMPLE, decode
from octad.read.contents import contents, shown_name
from octad.read.metrics.csv_table import SEPARATORS, read_csv
from octad.read.metrics.openmetrics import is_exposition, read_openmetrics
from octad.read.metrics.parquet import read_parquet
from octad.read.metrics.prometheus_json import read_prometheus
from octad.records.series import SeriesSet

Reader = Callable[[bytes, str], SeriesSet]
_KNOWN = "known are CSV, Parquet, Prometheus JSON and OpenMetrics text"


def read_series(path: Path) -> SeriesSet:
    """Every series of a file; raises InputError, naming file and row, for what cannot be read.

    Raises MissingExtra for Parquet without pyarrow.
    """
    source, data = shown_name(path), contents(path)
    if not data.strip():
        raise UnreadableInput(f"{source}: empty file", hint="export a longer window")
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    reader = _READERS.get(ending) or _recognised(data, source)
    return reader(data, source)


def _recognised(data: bytes, source: str) -> Reader:
    """The reader for what begins like this."""
    if data.startswith(b"PAR1"):
        return read_parquet
    if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[")):
        return read_prometheus
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
    return read_csv(_text(data, source), source)


def _exposition(data: bytes, source: str) -> SeriesSet:
    return read_openmetrics(_text(data, source), source)


_READERS: dict[str, Reader] = {
    ".csv": _table,
    ".tsv": _table,
    ".parquet": read_parquet,
    ".pq": read_parquet,
    ".json": read_prometheus,
    ".prom": _exposition,
    ".om": _exposition,
    ".openmetrics": _exposition,
}
