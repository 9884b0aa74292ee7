"""When a rule is mostly dismissed: a test that may be asked after every verdict.

The verdicts on a rule are held against the claim that at least half of its findings are approved. The
evidence against it is a mixture of likelihood ratios, over all approvals below one half alike, to exactly one
half. Whoever looks after each verdict, for ever, sees it reach 20 for at most one in twenty rules of which
half are approved, and for fewer of better ones (Ville's inequality); an interval for a fixed number of
verdicts, looked at after each, silences far more of them (`benchmarks/feedback.py`). Seven dismissals in a
row are enough, and never fewer.
"""

from __future__ import annotations

from math import comb
from typing import NamedTuple

ENOUGH = 20
"""The evidence at which a rule is silenced: one of which half are approved ever is with a chance of 1/20."""
MOST = 2_000
"""Verdicts of a rule that count, the newest ones: sums stay small, and what was long ago says little."""


class Tally(NamedTuple):
    """How many findings were approved, accepted or corrected, and how many dismissed."""

    approved: int = 0
    dismissed: int = 0

    @property
    def said(self) -> str:
        """The counts in words."""
        return f"{self.approved:,} of {self.approved + self.dismissed:,} approved"


def evidence(tally: Tally) -> float:
    """How much likelier the verdicts are where fewer than half of the findings are approved, than half."""
    weight, scale = _parts(tally)
    return weight / scale if weight < scale << 1000 else float("inf")


def is_mostly_dismissed(tally: Tally) -> bool:
    """Whether less than half of the findings of a rule are approved, as far as that can be known by now."""
    weight, scale = _parts(tally)
    return weight >= ENOUGH * scale


def _parts(tally: Tally) -> tuple[int, int]:
    """Numerator and denominator, exactly.

    With a approvals of n the mean over q in (0, 1/2) of q^a (1-q)^(n-a) / (1/2)^n is the upper tail of a
    binomial, sum of C(n+1, k) for k > a, over (n+1) C(n, a).
    """
    approved, count = tally.approved, sum(tally)
    tail = sum(comb(count + 1, k) for k in range(approved + 1, count + 2))
    return tail, (count + 1) * comb(count, approved)
