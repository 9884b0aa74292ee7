"""Buckets of histograms, as Prometheus keeps them, to the quantiles that people watch.

The quantile of an interval lies within the bucket that its rank falls into, between the bounds in
proportion, as `histogram_quantile` of Prometheus has it.

Legend: B buckets, T times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from octad.read.metrics.label_names import METRIC, UNNAMED
from octad.read.metrics.points import Floats, Observed, counter_growth, ordered

BOUND = "le"
QUANTILES = (0.5, 0.95, 0.99)
_PART = "_bucket"


class Labelled(NamedTuple):
    """A series as it was read, with its labels."""

    labels: Mapping[str, str]
    observed: Observed


def with_quantiles(found: Sequence[Labelled]) -> list[Labelled]:
    """The series, each histogram replaced by its QUANTILES; one without its last bucket stays as it is."""
    groups: dict[tuple[tuple[str, str], ...], dict[float, Labelled]] = defaultdict(dict)
    kept = []
    for one in found:
        bound = _bound(one.labels)
        others = tuple(sorted((label, value) for label, value in one.labels.items() if label != BOUND))
        if bound is None or bound in groups[others]:
            kept.append(one)
        else:
            groups[others][bound] = one
    for others, group in groups.items():
        kept += _quantiles(dict(others), group) if len(group) > 1 and np.inf in group else group.values()
    return kept


def _bound(labels: Mapping[str, str]) -> float | None:
    """The upper bound of a bucket; None for what is none."""
    try:
        bound = float(labels[BOUND])
    except (KeyError, ValueError):
        return None
    return None if np.isnan(bound) else bound


def _quantiles(labels: dict[str, str], group: Mapping[float, Labelled]) -> list[Labelled]:
    """The quantiles of one histogram, named after it."""
    bounds = sorted(group)
    first = group[bounds[-1]].observed
    times, counts = _table([group[bound].observed for bound in bounds])
    if len(times) < 2:
        return list(group.values())
    named = labels.get(METRIC) or UNNAMED
    flags = set(first.flags)
    if named.endswith(_PART) or _grows(counts[-1]):
        counts = np.stack([counter_growth(row, flags) for row in counts])[:, 1:]
        times = times[1:]
    made = []
    for quantile in QUANTILES:
        metric = f"{named.removesuffix(_PART)}_p{quantile * 100:g}"
        one = Observed(metric, first.source, counter=False, flags=set(flags))
        one.times.extend(times.tolist())
        one.values.extend(quantile_of(quantile, np.array(bounds), counts).tolist())
        made.append(Labelled({**labels, METRIC: metric}, one))
    return made


def quantile_of(quantile: float, bounds: Floats, counts: Floats) -> Floats:
    """The quantile `[T]` of cumulative counts `[B, T]` in buckets with upper bounds `[B]`, the last infinite.

    NaN where nothing was counted. What falls into the last bucket is said to be at the bound before it.
    """
    counts = np.maximum.accumulate(np.nan_to_num(counts, nan=0.0, posinf=0.0, neginf=0.0), axis=0)
    total = counts[-1]
    rank = quantile * total
    within = np.argmax(counts >= rank, axis=0)
    column = np.arange(counts.shape[1])
    below = np.where(within > 0, counts[within - 1, column], 0.0)
    inside = counts[within, column] - below
    start = np.where(within > 0, bounds[within - 1], min(0.0, float(bounds[0])))
    last = within == len(bounds) - 1
    width = np.where(last, 0.0, bounds[np.where(last, 0, within)] - start)
    share = np.divide(rank - below, inside, out=np.zeros_like(rank), where=inside > 0)
    return np.where(total > 0, start + width * share, np.nan)


def _table(buckets: Sequence[Observed]) -> tuple[Floats, Floats]:
    """Times `[T]` at which all buckets were observed, and their counts `[B, T]`."""
    columns = [ordered(np.array(one.times), np.array(one.values)) for one in buckets]
    times = columns[0][0]
    for other, _ in columns[1:]:
        if not np.array_equal(times, other):
            times = np.intersect1d(times, other)
    return times, np.stack([values[np.searchsorted(at, times)] for at, values in columns])


def _grows(values: Floats) -> bool:
    """Whether a count without a name of its own mostly grows, as a counter does and a rate does not."""
    steps = np.diff(values[~np.isnan(values)])
    return len(steps) > 1 and bool((steps < 0).sum() <= 0.1 * len(steps)) and bool((steps > 0).any())
