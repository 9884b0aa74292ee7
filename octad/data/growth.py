"""Name the growth of counted work: which class of functions fits, and only if no other does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CLASSES = ("constant", "logarithmic", "linear", "linearithmic", "quadratic", "cubic-or-more", "exponential")
FEWEST = 7
FLAT = 1.1
FIT, MARGIN = 0.09, 1.4
SHARE = 0.02


class Growth(NamedTuple):
    """A shape of growth: what it is called ("" for shapes between the classes), and its order."""

    name: str
    order: float


class _Candidate(NamedTuple):
    growth: Growth
    function: Callable[[Floats], Floats]


CONSTANT = Growth("constant", 0.0)
UNCLEAR = Growth("unclear", np.inf)
_EXPONENTIAL = Growth("exponential", 100.0)
_CANDIDATES = (
    _Candidate(Growth("logarithmic", 0.1), np.log2),
    _Candidate(Growth("", 0.5), np.sqrt),
    _Candidate(Growth("linear", 1.0), lambda n: n),
    _Candidate(Growth("linearithmic", 1.1), lambda n: n * np.log2(n)),
    _Candidate(Growth("", 1.5), lambda n: n**1.5),
    _Candidate(Growth("quadratic", 2.0), lambda n: n**2),
    _Candidate(Growth("", 2.1), lambda n: n**2 * np.log2(n)),
    _Candidate(Growth("cubic-or-more", 3.0), lambda n: n**3),
    _Candidate(Growth("cubic-or-more", 4.0), lambda n: n**4),
    *(_Candidate(_EXPONENTIAL, lambda n, base=base: base**n) for base in (1.2, 1.32, 1.414, 1.618, 2.0, 3.0)),  # type: ignore[misc]
)


def growth_of(sizes: Sequence[int], counts: Sequence[int]) -> Growth:
    """Growth of one counter from its values `[K]` at rising sizes `[K]`; UNCLEAR when none fits.

    Each candidate g is fitted as a + b g(n) with a, b >= 0 by least squares of the relative errors.
    The best must be off by at most 9 % (root mean square), and every other by 1.4 times as much.
    The counts are first replaced by the largest so far, because it is the worst case that counts.
    """
    n, c = np.asarray(sizes, dtype=np.float64), np.maximum.accumulate(np.asarray(counts, dtype=np.float64))
    if len(n) < FEWEST:
        return UNCLEAR
    if c[-1] <= FLAT * max(c[len(c) // 4], 1):
        return CONSTANT
    # Small sizes show the lower orders; leave them out while enough are left.
    large = n >= 8
    if np.count_nonzero(large) >= FEWEST:
        n, c = n[large], c[large]
    c = np.maximum(c, 1)
    best: dict[Growth, float] = {}
    for growth, function in _CANDIDATES:
        with np.errstate(over="ignore"):
            values = function(n)
        if np.isfinite(values).all():
            best[growth] = min(best.get(growth, np.inf), misfit(values, c))
    (first, error), *others = sorted(best.items(), key=lambda item: item[1])
    rivals = [other for growth, other in others if growth.name != first.name]
    clear = error <= FIT and all(other >= MARGIN * error + 0.005 for other in rivals)
    return first if clear else UNCLEAR


def misfit(values: Floats, counts: Floats) -> float:
    """Root mean square of the relative errors of the best a + b * values, a and b not negative."""
    design = np.stack([1 / counts, values / values[-1] / counts], axis=1)
    solution = np.linalg.lstsq(design, np.ones(len(counts)), rcond=None)[0]
    if solution[1] < 0:
        return float("inf")
    if solution[0] < 0:
        column = design[:, 1]
        solution = np.array([0.0, column.sum() / (column @ column)])
    # Counts are whole: being off by one says nothing, and of a logarithm it is a large part.
    errors = np.maximum(np.abs(design @ solution - 1) - 1 / counts, 0)
    return float(np.sqrt(np.mean(errors**2)))


def program_growth(sizes: Sequence[int], counts: ArrayLike) -> Growth:
    """Growth of a program from the counters of its sites, `[K, sites]`: that of its fastest site.

    A site that fits nothing may be passed over when it is slower than the fastest clear one, or
    does less than 2 % of the work at the largest size; else the program is UNCLEAR.
    """
    table = np.asarray(counts, dtype=np.float64)
    if len(sizes) < FEWEST:
        return UNCLEAR
    share = table[-1] / max(table[-1].sum(), 1)
    found = [growth_of(sizes, column) for column in table.T]
    clear = [growth for growth in found if growth is not UNCLEAR]
    top = max(clear, key=lambda growth: growth.order, default=CONSTANT)
    for growth, part, column in zip(found, share, table.T, strict=True):
        if growth is UNCLEAR and part > SHARE and _exponent(sizes, column) > top.order - 0.2:
            return UNCLEAR
    return top


def _exponent(sizes: Sequence[int], counts: Floats) -> float:
    """Slope of the upper half on logarithmic axes: the order of a polynomial."""
    half = len(sizes) // 2
    x, y = np.log(np.asarray(sizes[half:], dtype=np.float64)), np.log(np.maximum(counts[half:], 1))
    return float(np.polyfit(x, y, 1)[0])
