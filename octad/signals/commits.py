"""The measures of a change as numbers of order one."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from octad.records.change import Measures

LARGE = ("la", "ld", "lt", "nf", "nd", "ns", "ndev", "nuc", "exp", "rexp", "sexp", "age")
"""Measures that are counts or days without bound: their logarithm is taken."""
SIZE = len(LARGE) + 2 + 3 + 4


def numbers_of(measures: Measures | None, time: datetime | None) -> NDArray[np.float32]:
    """`[SIZE]`: logarithms, entropy, fix, churn relative to size and spread; the author's hour, weekday."""
    found = np.zeros(SIZE, np.float32)
    if measures is not None:
        held = measures.model_dump()
        logs = [np.log1p(max(held[name], 0.0)) / 5 for name in LARGE]
        churn = measures.la + measures.ld
        found[: len(LARGE) + 5] = [
            *logs,
            measures.entropy / 5,
            measures.fix,
            np.log1p(churn / (measures.lt / max(measures.nf, 1) + 1)) / 5,
            measures.la / (churn + 1),
            np.log1p(measures.nuc / max(measures.nf, 1)) / 5,
        ]
    if time is not None:
        day = (time.hour + time.minute / 60) / 24 * 2 * np.pi
        week = (time.weekday() + time.hour / 24) / 7 * 2 * np.pi
        found[-4:] = np.sin(day), np.cos(day), np.sin(week), np.cos(week)
    return found
