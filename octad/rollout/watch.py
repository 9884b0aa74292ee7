"""A deployment of somebody's own as its metrics tell of it: to be taken back, to go on, or to be waited for.

Each look judges every metric anew (`octad.advice.metric_verdicts`, which may be looked at any time). How long
a step takes follows from how likely a change like this one is to be taken back. What is not measured is never
in favour of a deployment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from octad.advice.metric_verdicts import UNKNOWN, MetricVerdict, metric_verdicts, worse
from octad.records.base import Record
from octad.records.series import Comparison

Word = Literal["promote", "hold", "roll back"]
EXIT: dict[Word, int] = {"promote": 0, "roll back": 1, "hold": 3}
"""What a program that asked ends with."""
SLOWEST, QUICKEST = 4.0, 0.5
"""How much longer than usual a step takes at high odds, and how much shorter at low ones."""
STALE = 3.0
"""Looks after which a verdict that is not renewed says nothing any more."""
SHOWN = 3
_JUDGED_FIRST = ("latency", "errors")


class Look(Record):
    """What one look at a deployment says.

    `weight` is the share of the traffic that the plan gives it now, `is_last` whether it is decided. `odds`
    are those of the change as a multiple of the usual ones, None where nothing is known of it; `seconds` are
    counted since `at`, the beginning in Unix seconds.
    """

    subject: str
    at: float
    verdict: Word
    weight: int
    is_last: bool
    reason: str
    seconds: float
    odds: float | None = None
    revision: str = ""
    metrics: tuple[MetricVerdict, ...] = Field(default=())


class Schedule(NamedTuple):
    """Percentages, and how many seconds each lasts."""

    steps: tuple[int, ...]
    seconds: float

    def weight(self, passed: float) -> int:
        """The share of the traffic after so many seconds without anything in the way."""
        return self.steps[min(int(max(passed, 0) / self.seconds), len(self.steps) - 1)]

    def is_over(self, passed: float) -> bool:
        """Whether every step had its time."""
        return passed >= self.seconds * len(self.steps)


def pace(odds: float | None) -> float:
    """How much longer than usual each step takes: twice as long at twice the odds, within bounds."""
    return 1.0 if odds is None else min(max(odds, QUICKEST), SLOWEST)


def looked(
    metrics: Comparison | None, missing: Sequence[str] = ()
) -> tuple[Word, str, tuple[MetricVerdict, ...]]:
    """What metrics say by themselves: roll back, hold as something is `missing` or unclear, or promote."""
    found = metric_verdicts(metrics) if metrics is not None else ()
    bad = worse(found)
    if bad:
        more = f", and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        return "roll back", ", ".join(map(_in_words, bad[:SHOWN])) + more, found
    absent = [*missing, *_absent(metrics)]
    if absent:
        return "hold", f"not measured: {', '.join(absent[:SHOWN])}", found
    if not found:
        return "hold", "no metric whose direction is known", found
    unknown = [one.metric for one in found if one.word == UNKNOWN]
    if unknown:
        return "hold", f"too little to say: {', '.join(unknown[:SHOWN])}", found
    first = [one for one in found if one.signal in _JUDGED_FIRST] or list(found)
    unclear = [one.metric for one in first if one.word == "unclear"]
    if unclear:
        return "hold", f"not yet refuted to be twice as bad: {', '.join(unclear[:SHOWN])}", found
    return "promote", f"{len(first)} metrics are not twice as bad", found


def combined(word: Word, reason: str, schedule: Schedule, passed: float) -> tuple[Word, str]:
    """The verdict on the deployment: what its metrics allow, it does when every step had its time."""
    if word != "promote" or schedule.is_over(passed):
        return word, reason
    return "hold", f"{reason}; this step goes on"


def fresh(look: Look, age: float, every: float) -> Look:
    """A verdict that is kept, or that there is none any more where it is too old to be relied on."""
    if look.verdict == "hold" or (look.is_last and look.verdict == "roll back"):
        return look
    if 0 <= age <= STALE * every:
        return look
    reason = f"the last look was {max(age, 0):.0f} s ago: {look.reason}"
    return look.model_copy(update={"verdict": "hold", "reason": reason})


def line(look: Look) -> str:
    """A look in one line."""
    return f"{look.seconds / 60:6.1f} min  {look.weight:3} %  {look.verdict:9}  {look.reason}"


def _in_words(one: MetricVerdict) -> str:
    before, after = (f"{value:.3g}" if value is not None else "?" for value in (one.before, one.after))
    least = f", by {one.at_least:g} at least" if one.at_least is not None else ""
    return f"{one.metric} is worse: {before} → {after}{least}"


def _absent(metrics: Comparison | None) -> list[str]:
    """Series that were measured before and are not since."""
    if metrics is None:
        return ["everything"]
    later = {one.name for one in metrics.after.series if any(value is not None for value in one.values)}
    earlier = {one.name for one in metrics.before.series if any(value is not None for value in one.values)}
    return sorted(earlier - later)
