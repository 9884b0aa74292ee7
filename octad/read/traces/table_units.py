"""The unit of durations that a table does not name, told by what they must be long enough for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from octad.read.traces.columns import Columns, Integers

UNITS = {1: "ns", 1_000: "us", 1_000_000: "ms", 1_000_000_000: "s"}
"""Nanoseconds of each unit."""
ENOUGH, SHARE = 5, 0.8
LIKELY = 3.6e12
"""An hour in nanoseconds: more than the usual span takes."""


def told_unit(columns: Columns, first: int, raw: Sequence[float]) -> int:
    """Nanoseconds of the unit of the durations of the spans from `first` on.

    Children begin before their parent ends: it is the smallest unit in which four fifths of them do. Where
    too few children tell, it is the smallest in which the usual span lasts a tenth of a millisecond.
    """
    duration = np.array(raw)
    ahead, parent = _ahead(columns, first)
    known = (ahead > 0) & (duration[parent] > 0)
    ahead, parent = ahead[known], parent[known]
    usual = float(np.median(duration[duration > 0])) if (duration > 0).any() else 1.0
    for unit in UNITS:
        if len(ahead) >= ENOUGH:
            if np.mean(ahead <= duration[parent] * unit) >= SHARE:
                return unit
        elif usual * unit >= 1e5 and usual * unit < LIKELY:
            return unit
    return 1_000


def _ahead(columns: Columns, first: int) -> tuple[Integers, Integers]:
    """How much later than its parent each child begins, and which span, counted from `first`, that is."""
    key, parent = (np.array(one[first:], np.int64) for one in (columns.key, columns.parent))
    start = np.array(columns.start[first:], np.int64)
    order = np.argsort(key, kind="stable")
    at = np.minimum(np.searchsorted(key[order], parent), len(key) - 1)
    found = order[at]
    child = np.flatnonzero((parent != 0) & (key[found] == parent))
    return start[child] - start[found[child]], found[child]
