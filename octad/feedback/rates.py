"""How often findings are approved: by rule, agent, version or project, each with an interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Literal

from octad.feedback.heard import heard
from octad.feedback.silence import Tally
from octad.feedback.verdict import Verdict, as_event
from octad.records.base import Record

By = Literal["rule", "agent", "version", "project"]
NORMAL = 1.959964
"""The 97.5th percentile of the normal distribution: intervals hold the truth 95 times in 100."""


class Rate(Record):
    """What was said of the findings of one kind; a finding counts once, with the newest verdict on it.

    `approval` is the share accepted or corrected, `low` and `high` its Wilson interval at 95 %. `silenced`
    names the projects in which a rule is mostly dismissed, so that it is not shown there unless it is an
    error.
    """

    name: str
    accepted: int
    corrected: int
    dismissed: int
    reasons: Mapping[str, int]
    approval: float
    low: float
    high: float
    silenced: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many findings that is of."""
        return self.accepted + self.corrected + self.dismissed


def wilson(approved: int, count: int) -> tuple[float, float]:
    """The interval of Wilson (1927) for a share, at 95 %; all of it where nothing was counted."""
    if not count:
        return 0.0, 1.0
    share, square = approved / count, NORMAL**2
    centre = share + square / (2 * count)
    spread = NORMAL * sqrt(share * (1 - share) / count + square / (4 * count**2))
    below = 1 + square / count
    return max(0.0, (centre - spread) / below), min(1.0, (centre + spread) / below)


def newest(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """One verdict a finding, whoever gave it: the newest."""
    held = {(one.project, one.fingerprint): one for one in sorted(verdicts, key=lambda one: one.time)}
    return list(held.values())


def rates(
    verdicts: Iterable[Verdict], by: By = "rule", counting: Iterable[Verdict] | None = None
) -> list[Rate]:
    """The rates of every rule, agent, version or project that there are verdicts on, the worst first.

    Where not all verdicts count when rules are silenced, `counting` are those that do.
    """
    name_of: Callable[[Verdict], str] = lambda one: getattr(one, by) or "(unknown)"  # noqa: E731
    groups: dict[str, list[Verdict]] = defaultdict(list)
    counted = newest(verdicts)
    for one in counted:
        groups[name_of(one)].append(one)
    silent = silenced(counted if counting is None else newest(counting)) if by == "rule" else {}
    found = [_rate(name, group, tuple(silent.get(name, {}))) for name, group in groups.items()]
    return sorted(found, key=lambda one: (one.high, one.name))


def silenced(verdicts: Sequence[Verdict]) -> dict[str, dict[str, Tally]]:
    """The rules that are mostly dismissed somewhere: their counts by project."""
    found: dict[str, dict[str, Tally]] = defaultdict(dict)
    for project in sorted({one.project for one in verdicts}):
        events = [as_event(one) for one in verdicts if one.project == project]
        for rule, tally in heard(events).silenced.items():
            found[rule][project] = tally
    return found


def _rate(name: str, group: Sequence[Verdict], silent: tuple[str, ...]) -> Rate:
    decisions = [one.decision for one in group]
    reasons = [one.reason for one in group if one.reason]
    accepted, corrected = decisions.count("accepted"), decisions.count("corrected")
    low, high = wilson(accepted + corrected, len(group))
    return Rate(
        name=name,
        accepted=accepted,
        corrected=corrected,
        dismissed=decisions.count("dismissed"),
        reasons={one: reasons.count(one) for one in sorted(set(reasons))},
        approval=(accepted + corrected) / len(group),
        low=low,
        high=high,
        silenced=silent,
    )
