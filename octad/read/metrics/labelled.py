"""Series with labels, as they were read, to named series; parts of histograms become quantiles."""

from __future__ import annotations

from collections.abc import Sequence

from octad.read.metrics.histograms import BOUND, Labelled, with_quantiles
from octad.read.metrics.label_names import METRIC, disambiguated, series_name
from octad.read.metrics.points import Ticks
from octad.records.series import Series


def series_of_labels(found: Sequence[Labelled]) -> tuple[Series, ...]:
    """The series, told apart by name.

    Without types a counter is known by its name: `…_total`, a bucket of a histogram (label `le`), and `…_sum`
    and `…_count` that come as a pair.
    """
    metrics = {one.labels.get(METRIC, "") for one in found}
    for one in found:
        if one.observed.counter is None and _counts(one, metrics):
            one.observed.counter = True
    found = with_quantiles(found)
    ticks: Ticks = {}
    series = []
    for one, name in zip(found, disambiguated(series_name(one.labels) for one in found), strict=True):
        one.observed.name = name
        series.append(one.observed.series(ticks))
    return tuple(series)


def _counts(one: Labelled, metrics: set[str]) -> bool:
    """Whether a series is a part of a histogram or summary, which only grows."""
    base, _, part = one.labels.get(METRIC, "").rpartition("_")
    return (part == "bucket" and BOUND in one.labels) or (
        part in ("sum", "count") and {f"{base}_sum", f"{base}_count"} <= metrics
    )
