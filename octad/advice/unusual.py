"""When something unusual happened in single series, how sure that is, and how it is shown.

How sure was measured on labelled series of six kinds (`benchmarks/left_out_anomaly.py`): the share of
anomalies with such a score that lie in a labelled window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import islice
from typing import Literal

from octad.records.base import Record
from octad.records.report import Block, Curve, Mark
from octad.records.series import SeriesSet
from octad.render.axis import said
from octad.signals.anomalies import FEWEST, LEAST_TIME, Anomaly, Oddity, anomalies

Word = Literal["very unusual", "extremely unusual"]
SURE: tuple[tuple[float, Word, float], ...] = ((10.0, "extremely unusual", 0.88), (6.0, "very unusual", 0.68))
"""From which score on, in words, and the share of such anomalies in labelled windows (chance: .09).

From 4 to 6 it is .43: less than half of the time, and not told.
"""
LEVEL = SURE[-1][0]
FEW, READ, KEPT = 20, 40_000, 100
"""Series up to which all are read; values that are, the last of each (half a second); anomalies kept."""
SHOWN, CURVES = 10, 6


class UnusualTime(Record):
    """An anomaly of one series: from when to when (Unix seconds), and its oddest value.

    `share` is how many anomalies with such a score lay in labelled windows; `oddity` is what is odd most, and
    `usual` the value that was usual at that hour of the day.
    """

    time: float
    end: float
    series: str
    score: float
    share: float
    word: Word
    oddity: Oddity
    value: float
    usual: float


def unusual_times(metrics: SeriesSet | None, ranked: Iterable[str]) -> tuple[UnusualTime, ...] | None:
    """The anomalies of series in the order of time; None where no series is long enough to say.

    Of more than FEW series only those among the first that are `ranked` are read: of very many some are
    unusual at any time.
    """
    series = metrics.series if metrics else ()
    names = {one.name for one in series} if len(series) <= FEW else set(islice(ranked, FEW))
    read = [one for one in series if one.name in names]
    held = [one.cut(slice(max(len(one.times) - READ // len(read), 0), None)) for one in read]
    long = [one for one in held if len(one.times) > FEWEST and one.times[-1] - one.times[0] > LEAST_TIME]
    if not long:
        return None
    found = (_told(one.name, each) for one in long for each in anomalies(one.times, one.values, LEVEL))
    return tuple(sorted(nlargest(KEPT, found, key=lambda one: one.score), key=_when))


def table(found: Sequence[UnusualTime]) -> Block:
    """The most unusual times, in their order."""
    rows = [("UTC", "series", "how unusual", "of such, labelled", "value", "usual at this hour")]
    for one in _most(found):
        time = said(one.time, "%F %T") + (f" to {said(one.end, '%F %T')}" if one.end > one.time else "")
        what = f"{one.word}: {one.oddity}"
        rows.append((time, one.series, what, f"{one.share:.0%}", f"{one.value:.4g}", f"{one.usual:.4g}"))
    return Block(kind="table", title="Anomalies", rows=tuple(rows))


def marked(timeline: Block, metrics: SeriesSet | None, found: Sequence[UnusualTime]) -> Block:
    """The timeline with the most unusual times on it, and with the curves that they are of."""
    shown = _most(found)
    marks = [
        Mark(time=one.time, kind="metric", text=f"{one.word}: {one.oddity}", subject=one.series)
        for one in shown
    ]
    missing = {one.series for one in shown} - {curve.name for curve in timeline.curves}
    series = [one for one in metrics.series if one.name in missing] if metrics else []
    curves = [Curve(name=one.name, times=one.times, values=one.values, unit=one.unit) for one in series]
    update = {
        "marks": tuple(sorted((*timeline.marks, *marks), key=lambda mark: (mark.time, mark.kind, mark.text))),
        "curves": (*timeline.curves, *curves[:CURVES]),
    }
    return timeline.model_copy(update=update)


def _told(name: str, found: Anomaly) -> UnusualTime:
    """An anomaly with what its score says."""
    score, oddity, usual = found.found
    word, share = next((word, share) for least, word, share in SURE if score >= least)
    return UnusualTime(
        time=found.start,
        end=found.end,
        series=name,
        score=score,
        share=share,
        word=word,
        oddity=oddity,
        value=found.value,
        usual=usual,
    )


def _most(found: Sequence[UnusualTime]) -> list[UnusualTime]:
    return sorted(nlargest(SHOWN, found, key=lambda one: one.score), key=_when)


def _when(one: UnusualTime) -> tuple[float, str]:
    return one.time, one.series
