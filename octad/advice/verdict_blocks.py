"""Verdicts on metrics as people read them: in a sentence, in a table, as curves before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from octad.advice.metric_verdicts import ORDER, MetricVerdict, worse
from octad.records.instant import Instant
from octad.records.report import Anchor, Block, Curve, Evidence, Mark
from octad.records.series import Comparison
from octad.render.axis import said

NAMED, LISTED, CURVES = 3, 12, 6
"""Metrics that are worse: in a sentence, in the table, as curves."""


def sentence(verdict: MetricVerdict) -> str:
    """What is worse, from what to what, by how much at least."""
    if verdict.after is None:
        return f"{verdict.service} is silent: {verdict.metric} and its other metrics have no values any more"
    was, now = (f"{value:.3g}" if value is not None else "?" for value in (verdict.before, verdict.after))
    least = "" if verdict.signal == "errors" else f", at least {verdict.at_least:g} times as bad"
    return f"{verdict.metric} {was} → {now}{least}"


def told(verdicts: Sequence[MetricVerdict]) -> str:
    """The first metrics that are worse, and how many more; empty where none is."""
    found = worse(verdicts)
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return "; ".join(map(sentence, found[:NAMED])) + more


def evidence(verdicts: Sequence[MetricVerdict]) -> tuple[Evidence, ...]:
    """The metrics that are worse, weighed by how sure it is."""
    found = worse(verdicts)[:LISTED]
    total = sum(one.strength for one in found) or 1.0
    return tuple(
        Evidence(
            anchor=Anchor(path=one.source or "metrics", line=1, end_line=1, end_column=1),
            text=f"{sentence(one)}, certain at {_clock(one.since)}",
            weight=one.strength / total,
        )
        for one in found
    )


def table(verdicts: Sequence[MetricVerdict]) -> Block:
    """What is worse by name, the rest by golden signal and word."""
    rows = [("metric", "verdict", "before", "after", "signal")]
    for one in worse(verdicts)[:LISTED]:
        was, now = (f"{value:.4g}" if value is not None else "-" for value in (one.before, one.after))
        by = "" if one.at_least is None or one.signal == "errors" else f", at least {one.at_least:g} times"
        rows.append((one.metric, f"worse{by}, since {_clock(one.since)}", was, now, one.signal))
    rest = Counter((ORDER.index(one.word), one.signal) for one in verdicts if one.word != "worse")
    if more := len(worse(verdicts)) - LISTED:
        rows += [(f"{more} more", "worse", "", "", "")] if more > 0 else []
    for (word, signal), count in sorted(rest.items()):
        rows.append((f"{count} of {signal}", ORDER[word], "", "", signal))
    return Block(kind="table", title="Metrics since the deployment", rows=tuple(rows))


def curves(metrics: Comparison, verdicts: Sequence[MetricVerdict], at: Instant | None) -> Block | None:
    """The metrics that are worse, before and since on one axis; None where none is, or the sides overlap."""
    sides = [{one.name: one for one in side.series} for side in (metrics.before, metrics.after)]
    found = []
    for one in worse(verdicts)[:CURVES]:
        before, after = (side.get(one.metric) for side in sides)
        if before and after and before.times and after.times and before.times[-1] <= after.times[0]:
            times, values = before.times + after.times, before.values + after.values
            found.append(Curve(name=one.metric, times=times, values=values, unit=before.unit))
    if not found:
        return None
    marks = [
        Mark(time=one.since, kind="metric", text=f"certain: {sentence(one)}", subject=one.service)
        for one in worse(verdicts)[:CURVES]
        if one.since is not None
    ]
    if at is not None:
        marks.append(Mark(time=at.time, kind="change", text="the deployment"))
    marks.sort(key=lambda mark: (mark.time, mark.text))
    return Block(kind="timeline", title="What is worse", curves=tuple(found), marks=tuple(marks))


def _clock(seconds: float | None) -> str:
    return said(seconds, "%H:%M:%SZ") if seconds is not None else "-"
