"""What the thresholds of a head keep, stated before they are chosen."""

from __future__ import annotations

from typing import NamedTuple


class Promise(NamedTuple):
    """At most `alarms` false findings per 1,000 units of exposure that hold nothing to find.

    Exposure is lines where a case is code, else cases. `prior` is the share of cases that hold something to
    find where the thresholds are used, None where it is that of the held-out cases.
    """

    alarms: float
    prior: float | None = None


class Promises(NamedTuple):
    """The promise of a head, and another where a change is under review."""

    usual: Promise
    diff: Promise | None = None
