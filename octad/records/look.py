"""Where a reader of a change should look first, and why."""

from __future__ import annotations

from octad.records.base import Record
from octad.records.report import Anchor, Report


class Look(Record):
    """A changed unit: where it is, the changed lines in it, and where in it a repair would likeliest go.

    `score` orders the units of a change and is no probability: `log_odds` of a later repair from the text,
    and more for a longer unit; the share of changes that are repaired differs between projects. `reasons` are
    what of the two puts it before most others. `kinds` are classes of repair at `line`, likeliest first, if
    few of them are likelier than all others together, and `why` has them in words. `others` says of calls on
    changed lines that most other callers in the repository take more care of them: context, and no finding.
    """

    anchor: Anchor
    name: str
    changed: int
    score: float
    line: int
    log_odds: float = 0.0
    reasons: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    why: str = ""
    others: tuple[str, ...] = ()


class Review(Report):
    """A report with the changed units in the order in which to read them."""

    look_first: tuple[Look, ...] = ()
