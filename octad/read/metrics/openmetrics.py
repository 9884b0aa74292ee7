"""Metrics from text with times: OpenMetrics, the older format of Prometheus, and dumps of its store.

A sample is `name{label="value"} value time`, or `{__name__="name",label="value"} value time` in a dump; times
are Unix seconds or milliseconds. Counters, sums and counts of histograms and summaries become rates, the
buckets of histograms quantiles.
"""

from __future__ import annotations

import re

from octad.errors import InputError
from octad.read.instants import unix_seconds
from octad.read.metrics.histograms import Labelled
from octad.read.metrics.label_names import METRIC
from octad.read.metrics.labelled import series_of_labels
from octad.read.metrics.points import Observed, check_cells, check_series
from octad.records.lines import lines_of
from octad.records.series import SeriesSet
from octad.records.skipped import Skipped

_LABELS = r'(?:[^"{}]|"(?:[^"\\]|\\.)*")*'
_SAMPLE = re.compile(
    rf"(?P<series>(?P<name>[A-Za-z_:][\w:]*)?(?:[ \t]*\{{(?P<labels>{_LABELS})\}})?)"
    r"[ \t]+(?P<value>[^\s#]+)(?:[ \t]+(?P<time>[^\s#]+))?[ \t]*(?:#.*)?",
    re.ASCII,
)
_SERIES = re.compile(rf"(?P<name>[^{{}}\"]*)\{{(?P<labels>{_LABELS})\}}")
_LABEL = re.compile(r'\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)', re.ASCII)
_QUOTED_NAME = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)')
_NATIVE = re.compile(r"[^#]*\}[ \t]+\{count:")
_ESCAPED = re.compile(r"\\(.)")
_ABOUT = re.compile(r"#[ \t]+(TYPE|UNIT)[ \t]+(\S+)[ \t]+(\S+)")
_GROWING = {"counter": ("total",), "histogram": ("bucket", "sum", "count"), "summary": ("sum", "count")}
_HINT = 'a sample is name{label="value"} value time'


def read_openmetrics(text: str, source: str) -> SeriesSet:
    """Every series of an exposition; raises InputError, naming the row, for what is no timed sample."""
    exposition = _Exposition(source)
    for number, line in enumerate(lines_of(text), 1):
        if line.startswith("#"):
            exposition.note(line)
        elif line.strip():
            exposition.take(line.strip(), number)
    return exposition.series()


def is_exposition(line: str) -> bool:
    """Whether a first line is one of this format."""
    if line.startswith(("# HELP ", "# TYPE ", "# UNIT ", "# EOF")):
        return True
    return "," not in line.partition("{")[0] and _SAMPLE.fullmatch(line.strip()) is not None


def labels_of(text: str) -> dict[str, str] | None:
    """The labels in the name of a series, `name{label="value"}`; None where there are none."""
    found = _SERIES.fullmatch(text.strip())
    if found is None:
        return None
    try:
        labels = _labels(found["labels"], "")
    except InputError:
        return None
    named = {METRIC: found["name"].strip()} if found["name"].strip() else {}
    return {**labels, **named} if labels else None


class _Exposition:
    """Samples of one file by series, with what its comments tell of them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.types: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.by_text: dict[str, Observed] = {}
        self.by_labels: dict[tuple[tuple[str, str], ...], Observed] = {}
        self.samples = 0
        self.native = 0

    def note(self, comment: str) -> None:
        """Keep what a comment says of a family of metrics."""
        if (about := _ABOUT.match(comment)) is not None:
            (self.types if about[1] == "TYPE" else self.units)[about[2]] = about[3]

    def take(self, line: str, number: int) -> None:
        """Add one sample to its series."""
        place = f"{self.source}: row {number}"
        sample = _SAMPLE.fullmatch(line)
        if sample is None and _NATIVE.match(line):
            self.native += 1
            return
        if sample is None or not (sample["name"] or sample["labels"]):
            raise InputError(f"{place} is no sample", hint=_HINT)
        if sample["time"] is None:
            raise InputError(
                f"{place} has no time", hint="one scrape tells of one moment only: export a range of time"
            )
        try:
            time, value = unix_seconds(float(sample["time"])), float(sample["value"])
        except ValueError as error:
            raise InputError(f"{place}: value or time is no number", hint="write plain numbers") from error
        self.observed(sample, place).add(time, value, number)
        self.samples += 1
        check_cells(self.samples, self.source)

    def observed(self, sample: re.Match[str], place: str) -> Observed:
        """The series of a sample; labels may stand in any order."""
        text = sample["series"]
        if text not in self.by_text:
            check_series(len(self.by_labels), self.source)
            labels = _labels(sample["labels"] or "", place)
            if sample["name"]:
                labels[METRIC] = sample["name"]
            if not labels.get(METRIC):
                raise InputError(f"{place}: a sample without a name", hint=_HINT)
            new = Observed("", self.source)
            self.by_text[text] = self.by_labels.setdefault(tuple(sorted(labels.items())), new)
        return self.by_text[text]

    def series(self) -> SeriesSet:
        """All series, named apart, with unit and kind of their families."""
        if not self.samples:
            raise InputError(f"{self.source}: no samples", hint="export a range of time")
        kept = []
        for pairs, one in self.by_labels.items():
            labels = dict(pairs)
            family, part = self.family(labels[METRIC])
            if part == "created":
                continue
            one.unit = self.units.get(family, "")
            if family in self.types:
                kind = self.types[family]
                one.counter = part in _GROWING.get(kind, ()) or (kind == "counter" and not part)
            kept.append(Labelled(labels, one))
        reason = f"{self.native:,} samples of native histograms are left out"
        skipped = (Skipped(path=self.source, reason=reason),) if self.native else ()
        return SeriesSet(series=series_of_labels(kept), skipped=skipped)

    def family(self, metric: str) -> tuple[str, str]:
        """The family that a metric is of, and which part of it: `x_total` is the total of counter `x`."""
        base, _, part = metric.rpartition("_")
        if metric in self.types or base not in self.types:
            return metric, ""
        return base, part


def _labels(text: str, place: str) -> dict[str, str]:
    """Labels between braces, their escapes undone."""
    text, labels, position = text.strip(), {}, 0
    if (named := _QUOTED_NAME.match(text)) is not None:
        labels[METRIC], position = _unescaped(named[1]), named.end()
    while position < len(text):
        found = _LABEL.match(text, position)
        if found is None:
            raise InputError(f"{place}: labels that cannot be read", hint='labels are name="value"')
        labels[found[1]] = _unescaped(found[2])
        position = found.end()
    return labels


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda one: "\n" if one[1] == "n" else one[1], text)
