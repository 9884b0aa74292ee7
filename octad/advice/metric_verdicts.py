"""What each metric says of a deployment: worse, by how much at least, not twice as bad, or too little to say.

Each is judged by its own past (`octad.signals.rank_evidence`). What is set here was set with PetShop,
OnlineBoutique and NAB in view, and measured on five other systems (docs/RESULTS.md, "Judges of single
metrics").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.records.base import Record
from octad.records.graph import Graph
from octad.records.series import FEWEST_AFTER, FEWEST_BEFORE, Comparison, Series, span_of, split_name
from octad.signals.levels import bin_means, together, usual_step
from octad.signals.metric_levels import levels
from octad.signals.metric_polarity import Family, family
from octad.signals.rank_evidence import drift, log_evidence
from octad.signals.ranks import median
from octad.signals.series_patches import HUGE

Floats = NDArray[np.float64]
Signal = Literal["latency", "errors", "traffic", "saturation"]
Word = Literal["worse", "unclear", "not twice as bad", "too little to say"]

SIGNALS: dict[Family, Signal] = {
    "latency": "latency", "errors": "errors", "success": "errors", "requests": "traffic",
    "throughput": "traffic", "cpu": "saturation", "memory": "saturation", "queue": "saturation",
}  # fmt: skip
"""The golden signal of a family of metrics (Beyer et al. 2016, chapter 6); those of none are not judged."""
UNKNOWN: Word = "too little to say"
ORDER: tuple[Word, ...] = ("worse", "unclear", "not twice as bad", UNKNOWN)
FALSE = 0.01
"""Chance that any metric of a deployment that does no harm is called worse, at any look."""
RISES = tuple(math.log(ratio) for ratio in (1.25, 1.5, 2, 3, 5, 10, 100))
"""What a metric is tested against: less than the first is never worse, the largest that stands is said."""
TWICE, REFUTED = math.log(2), 0.05
"""A metric is not twice as bad where that is refuted at this level."""
MOST_BEFORE, MOST_AFTER = 240, 30
"""Points of either side: more are made coarser."""
LEAST_BEFORE = 2 * FEWEST_BEFORE
"""Points that stay of the past, however long ago the change was; then the first of those since are judged."""


class MetricVerdict(Record):
    """What one metric says.

    `before` and `after` are medians; `at_least` is the factor that it is worse by at least (a share of
    failing requests counts from a hundredth on), None where it is not worse; `since` is the time, in Unix
    seconds, at which that was certain. `strength` is the decimal logarithm of the evidence that it is worse.
    """

    metric: str
    service: str
    signal: Signal
    word: Word
    before: float | None = None
    after: float | None = None
    at_least: float | None = None
    since: float | None = None
    strength: float = 0.0
    source: str = ""


class _Judged(NamedTuple):
    """A metric that both sides hold."""

    name: str
    service: str
    family: Family
    source: str


class _Decided(NamedTuple):
    """What the levels of the metrics with enough points say, `[N]` each; `since` counts points."""

    words: list[Word]
    strength: Floats
    at_least: Floats
    since: NDArray[np.int64]


def metric_verdicts(metrics: Comparison, graph: Graph | None = None) -> tuple[MetricVerdict, ...]:
    """The verdicts on all metrics that both sides hold and whose direction is known, surest first."""
    held = _held(metrics, graph)
    if not held:
        return ()
    names, step = [one.name for one in held], _step(metrics)
    before = _table(metrics.before.series, names, -step, MOST_BEFORE + 1)
    after = _table(metrics.after.series, names, step, MOST_AFTER + 1)
    past, since = levels(before, after, [one.family for one in held], [one.service for one in held])
    enough = (np.isfinite(past).sum(0) >= FEWEST_BEFORE) & (np.isfinite(since).sum(0) >= FEWEST_AFTER)
    start, later = _span(metrics.after.series)[0], {one.name: one for one in metrics.after.series}
    usual, now = median(before).tolist(), median(after).tolist()
    found = [_undecided(*one) for one in zip(held, usual, now, strict=True)]
    said = _decide(past[:, enough], since[:, enough])
    for row, at in enumerate(np.flatnonzero(enough).tolist()):
        update: dict[str, object] = {"word": said.words[row], "strength": round(float(said.strength[row]), 3)}
        if said.words[row] == "worse":
            update["at_least"] = round(math.exp(said.at_least[row]), 2)
            update["since"] = _last_of(later[held[at].name], start, step, int(said.since[row]))
        found[at] = found[at].model_copy(update=update)
    return tuple(sorted(found, key=lambda v: (ORDER.index(v.word), -v.strength, v.metric)))


def worse(verdicts: Sequence[MetricVerdict]) -> list[MetricVerdict]:
    """Those that are worse."""
    return [one for one in verdicts if one.word == "worse"]


def _held(metrics: Comparison, graph: Graph | None) -> list[_Judged]:
    services = [node.id for node in graph.nodes] if graph else []
    later = {one.name: one for one in metrics.after.series}
    found = []
    for name in sorted({one.name for one in metrics.before.series} & later.keys()):
        service, metric = split_name(name, services)
        kind = family(metric)
        if kind in SIGNALS:
            found.append(_Judged(name, service, kind, later[name].source))
    return found


def _undecided(one: _Judged, was: float, now: float) -> MetricVerdict:
    return MetricVerdict(
        metric=one.name,
        service=one.service,
        signal=SIGNALS[one.family],
        word=UNKNOWN,
        before=was if math.isfinite(was) else None,
        after=now if math.isfinite(now) else None,
        source=one.source,
    )


def _decide(past: Floats, since: Floats) -> _Decided:
    """Words, and of what is worse the bound and when it was certain, from levels `[B, N]` and `[A, N]`."""
    limit = math.log10(max(past.shape[1], 1) / FALSE)
    drifted = drift(past)
    evidence = log_evidence(past, since, np.maximum(RISES[0], drifted))
    is_worse = np.any(evidence >= limit, axis=0)
    refuted = _last(log_evidence(-past, -since, -TWICE)) >= -math.log10(REFUTED)
    at_least = np.full(past.shape[1], RISES[0])
    some = np.flatnonzero(is_worse)
    for rise in RISES[1:] if len(some) else ():
        stands = log_evidence(past[:, some], since[:, some], np.maximum(rise, drifted[some])) >= limit
        at_least[some[stands.any(axis=0)]] = rise
    words: list[Word] = [
        "worse" if is_worse[at] else "not twice as bad" if refuted[at] else "unclear"
        for at in range(past.shape[1])
    ]
    strength = evidence.max(axis=0, initial=-np.inf)
    return _Decided(words, strength, at_least, (evidence >= limit).argmax(axis=0) if len(evidence) else some)


def _last(evidence: Floats) -> Floats:
    """The evidence after the last point `[N]`; none at all where there was no point."""
    found: Floats = evidence[-1] if len(evidence) else np.full(evidence.shape[1], -np.inf)
    return found


def _step(metrics: Comparison) -> float:
    """Seconds a point: as sampled, or coarser where a side has more than can be used and a past is left."""
    every = (*metrics.before.series, *metrics.after.series)
    sides = ((metrics.before.series, MOST_BEFORE), (metrics.after.series, MOST_AFTER))
    spans = [(_span(series), most) for series, most in sides]
    usual = usual_step(every) or 1.0
    coarse = max((end - start) / most for (start, end), most in spans)
    past_start, past_end = spans[0][0]
    return max(usual, min(coarse, (past_end - past_start) / LEAST_BEFORE))


def _span(series: Sequence[Series]) -> tuple[float, float]:
    return span_of(series) or (0.0, 0.0)


def _last_of(series: Series, start: float, step: float, number: int) -> float:
    """The last time that is in a bin, or before it: until then not all of it was known."""
    index = ((np.array(series.times, np.float64) - start) / step).astype(np.int64)
    return series.times[max(int(np.searchsorted(index, number, side="right")) - 1, 0)]


def _table(series: Sequence[Series], names: Sequence[str], step: float, most: int) -> Floats:
    """Means `[T, N]` of `most` bins at most: from the first time on; for a step < 0, back from the last."""
    start, end = _span(series)
    length = min(int((end - start) / abs(step)) + 1, most)
    known = {one.name: one for one in series}
    table = np.full((length, len(names)), np.nan)
    for one in together([(known[name].times, np.array(known[name].values, np.float64)) for name in names]):
        index = ((one.times - start if step > 0 else end - one.times) / abs(step)).astype(np.int64)
        values = np.where(np.isfinite(one.values), one.values.clip(-HUGE, HUGE), np.nan)
        kept = index < length
        means = bin_means(index[kept], values[..., kept], length)
        table[:, one.rows] = (means if step > 0 else means[:, ::-1]).T
    return table
