"""Readers of metrics, logs, traces, graphs and times."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from octad.read.contents import text_of as text_in
from octad.read.graphs.files import read_graph
from octad.read.graphs.folder import read_folder
from octad.read.graphs.watched import services_named, watched_graph
from octad.read.history.events import read_events
from octad.read.instants import instant
from octad.read.logs.files import read_logs
from octad.read.logs.frames import frames_of
from octad.read.logs.overlap import overlapping, with_requests
from octad.read.metrics.csv_table import read_plain_csv
from octad.read.metrics.files import read_series
from octad.read.metrics.label_names import series_name
from octad.read.metrics.openmetrics import labels_of
from octad.read.metrics.together import read_together
from octad.read.metrics.watched import with_values, within
from octad.read.operations import instant_of
from octad.read.traces.cases import traces_of, with_traces
from octad.read.traces.files import read_traces
from octad.read.usual import Usual, usual_of
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.report import Block, Curve, Mark
from octad.records.series import Series, SeriesSet
from tests.fuzz import made
from tests.fuzz.reader import Reader, Shown, of_file, shown, text_of
from tests.fuzz.seeds import files, seeds

_TABLES = seeds("unit/read/metrics/test_*table.py", "unit/read/metrics/test_files.py") + files(
    "examples/operations/*.csv"
)
_EXPOSED = seeds("unit/read/metrics/test_openmetrics.py", "unit/read/metrics/test_histograms.py")
_ANSWERS = seeds("unit/read/metrics/test_prometheus*.py", starting=(b"{", b"["))
_LOGS = seeds("unit/read/logs/*.py", "unit/templates/*.py") + files("examples/operations/*.log")
_JSON_TRACES = made.traces() + seeds("unit/read/traces/*.py", "spans.py", starting=(b"{", b"["))
_WITHOUT_UNIT = b"trace_id,span_id,service,start,duration\n1,2,a,1700000000000000,1500\n"
_TABLES_OF_SPANS = made.tables_of_spans() + seeds("unit/read/traces/*.py") + (_WITHOUT_UNIT,)
_YAML = seeds(
    "unit/read/graphs/test_compose.py",
    "unit/read/graphs/test_kubernetes.py",
    "unit/read/graphs/test_folder.py",
)
_TIMES = seeds(
    "unit/read/test_usual.py",
    "unit/read/test_operations.py",
    "unit/read/logs/test_formats.py",
    "unit/read/metrics/*.py",
)
USUAL = Usual(1_700_000_000.0, 1_700_003_600.0, 1_700_007_200.0)


def _series(found: SeriesSet) -> Shown:
    _, empty = with_values(found)
    curves = [
        Curve(name=one.name, times=one.times, values=one.values, unit=one.unit) for one in found.series[:3]
    ]
    marks = [
        Mark(time=one.times[0], kind="metric", text=one.name, subject=one.unit)
        for one in found.series
        if one.times
    ]
    rows = (
        *((one.name, *one.flags) for one in found.series[:5]),
        *((one.path, one.reason) for one in (*found.skipped[:3], *empty)),
    )
    return shown(
        Block(kind="timeline", title="series", curves=tuple(curves), marks=tuple(marks[:5])),
        Block(kind="table", title="flags", rows=tuple(row for row in rows if row)),
    )


def _graph(found: Graph) -> Shown:
    watched_graph(found)
    services_named(found, ())
    rows = tuple((edge.source, edge.target, edge.kind) for edge in found.edges)
    drawn = Block(kind="graph", title=found.source, graph=found, rows=rows)
    notes = Block(kind="paragraph", title="notes", rows=tuple((one.reason,) for one in found.skipped))
    return shown(drawn, notes, formats=("terminal", "dot", "mermaid"))


def _logs(found: Logs) -> Shown:
    rows = [(one.service, one.level, one.template, one.example) for one in found.templates[:5]]
    for one in found.templates[:5]:
        frames_of(one.example)
    return [
        *shown(Block(kind="table", title="logs", rows=(("a", "b", "c", "d"), *rows))),
        *_series(SeriesSet(series=found.series)),
    ]


def _traces(path: Path) -> Shown:
    found = read_traces([path], at=1_700_000_000.0)
    rows = tuple((one.caller, one.callee) for one in found.calls[:5])
    return shown(Block(kind="table", title=found.source, rows=(("a", "b"), *rows)))


def _traced(path: Path) -> Shown:
    """Spans beside metrics, as a diagnosis reads them."""
    joined = with_traces(SeriesSet(), traces_of([path], (), None)) or SeriesSet()
    return _series(joined)


def _plain(data: bytes) -> Shown:
    """A table as one is read that is large."""
    return _series(read_plain_csv(data, "m.csv") or SeriesSet())


def _beside(path: Path) -> Shown:
    """Logs beside metrics of another time, or of the same."""
    logs, left_out = overlapping(read_logs([path]), _MEASURED)
    joined = with_requests(SeriesSet(series=_MEASURED), logs) or SeriesSet()
    return [*_series(joined), *(one.reason for one in left_out)]


_MEASURED = tuple(
    Series(name="a.latency", times=(begin, begin + 60.0), values=(1.0, 2.0)) for begin in (1.7e9, 1.767e9)
)


def _events(path: Path) -> Shown:
    marks = tuple(
        Mark(time=one.time.timestamp(), kind="event", text=one.kind, subject=one.subject)
        for one in read_events(path).events
    )
    return shown(Block(kind="timeline", title="events", marks=marks[:20]))


def _times(data: bytes) -> None:
    text = text_of(data)
    for line in text.splitlines()[:5]:
        with suppress(ValueError, OverflowError, OSError):
            datetime.fromtimestamp(instant(line).seconds, UTC)
        series_name(labels_of(line) or {})
    at = instant_of(text)
    within(at, ())


def _usual(data: bytes) -> None:
    usual_of(text_of(data), Instant(time=1_700_000_000.0))


def _pair(read: Sequence[str]) -> Reader:
    first, second = map(Path, read)

    def run(data: bytes) -> Shown:
        middle = len(data) // 2
        first.write_bytes(data)
        second.write_bytes(data[middle:] + data[:middle] if b"\n" not in data else data)
        found = read_together([first, second])
        return _series(USUAL.metrics(found) or found)

    return Reader("metrics: two files", run, _TABLES)


def _packed(data: bytes) -> None:
    """Compressed bytes, damaged after they were packed."""
    Path("x.log.gz").write_bytes(data)
    Path("x.xz").write_bytes(data)
    try:
        text_in(Path("x.xz"), 1 << 20)
    finally:
        read_logs([Path("x.log.gz")])


def _folder(path: Path) -> Shown:
    return _graph(read_folder(path.parent))


def _in_folder(data: bytes) -> Shown:
    folder = Path("manifests")
    folder.mkdir(exist_ok=True)
    first, _, second = data.partition(b"\n---\n")
    (folder / "a.yaml").write_bytes(first)
    (folder / "b.yml").write_bytes(second)
    return _graph(read_folder(folder))


def _metrics(ending: str, begin: tuple[bytes, ...]) -> Reader:
    name = f"metrics: {ending or 'any'}"
    return Reader(name, of_file(f"m{ending}", lambda path: _series(read_series(path))), begin)


def _graphs(ending: str, begin: tuple[bytes, ...]) -> Reader:
    name = f"graphs: {ending or 'any'}"
    return Reader(name, of_file(f"g{ending}", lambda path: _graph(read_graph(path))), begin)


_DIAGRAMS = seeds("unit/read/graphs/test_mermaid*.py", "unit/read/graphs/test_c4.py")
READERS = (
    _metrics(".csv", _TABLES),
    _metrics(".tsv", _TABLES),
    _metrics(".prom", _EXPOSED),
    _metrics(".json", _ANSWERS),
    _metrics("", _TABLES + _EXPOSED + _ANSWERS),
    _pair(("a.csv", "b.csv")),
    Reader("logs", of_file("a.log", lambda path: _logs(read_logs([path]))), _LOGS),
    Reader(
        "logs: usual period", of_file("a.log", lambda path: _logs(read_logs([path], ("api",), USUAL))), _LOGS
    ),
    Reader(
        "stack traces",
        lambda data: frames_of(text_of(data)) and None,
        seeds("unit/read/logs/test_frames.py", "unit/read/logs/test_stack_traces.py"),
    ),
    Reader("traces: JSON", of_file("t.json", _traces), _JSON_TRACES),
    Reader("traces: table", of_file("t.csv", _traces), _TABLES_OF_SPANS),
    Reader("traces: beside metrics", of_file("t.csv", _traced), _TABLES_OF_SPANS),
    Reader("logs: beside metrics", of_file("a.log", _beside), _LOGS),
    Reader("metrics: large table", _plain, _TABLES),
    _graphs(
        ".json",
        seeds("unit/read/graphs/test_json_graph.py", starting=(b"{", b"["))
        + files("examples/operations/services.json"),
    ),
    _graphs(".dot", seeds("unit/read/graphs/test_dot.py")),
    _graphs(".mmd", _DIAGRAMS),
    _graphs(".puml", seeds("unit/read/graphs/test_plantuml.py", "unit/read/graphs/test_c4.py")),
    _graphs(".md", seeds("unit/read/graphs/test_markdown.py") + _DIAGRAMS),
    _graphs(".yaml", _YAML),
    _graphs("", seeds("unit/read/graphs/*.py")),
    Reader("graphs: folder", _in_folder, _YAML),
    Reader("events", of_file("e.json", _events), seeds("unit/read/history/test_events.py")),
    Reader("times", _times, _TIMES),
    Reader(
        "usual period",
        _usual,
        (*seeds("unit/read/test_usual.py"), b"1699990000..1699999000", b"2023-11-14..2023-11-14T12:00Z"),
    ),
    Reader(
        "compressed",
        _packed,
        tuple(pack(one) for one in _LOGS[:50] for pack in (gzip.compress, lzma.compress)),
    ),
)
