"""Thresholds chosen for what they promise; a case is shown when its score is at least that."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike


def threshold_for_false_alarms(clean: ArrayLike, rate: float, exposure: float | None = None) -> float:
    """Find the lowest threshold that flags clean cases at most `rate` times per unit of `exposure`.

    `clean` float `[N]`: scores of cases known to be clean. Without `exposure` the rate is a share
    of the cases; with it, say thousands of lines, at most `rate * exposure` of them are flagged.
    Returns -inf when all may be flagged.
    """
    values = np.sort(np.asarray(clean))[::-1]
    # The tiny term undoes rounding: 0.3 x 10 must allow three, not two.
    allowed = math.floor(rate * (values.size if exposure is None else exposure) + 1e-9)
    if allowed >= values.size:
        return -math.inf
    # In the scores' own precision, so that the comparison with them stays strict.
    return float(np.nextafter(values[allowed], values.dtype.type(math.inf)))
