"""Name the growth of counted work: which class of functions fits, and only if no other does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CLASSES = ("constant", "logarithmic", "linear", "linearithmic", "quadratic", "cubic-or-more", "exponential")
FEWEST = 7
FLAT = 1.1
FIT, MARGIN = 0.09, 1.4
SHARE, SLACK = 0.02, 0.05


class Growth(NamedTuple):
    """A shape of growth: what it is called ("" for shapes between the classes), and its order."""

    name: str
    order: float


CONSTANT = Growth("constant", 0.0)
UNCLEAR = Growth("unclear", np.inf)
_BASES = 1.25 * 1.05 ** np.arange(25)


def _candidates(n: Floats) -> Iterator[tuple[Growth, Floats]]:
    """Yield growths and their values at the sizes `[K]`.

    A class has several forms, where a lower order shows at small sizes: pairs are n (n - 1) / 2.
    The forms without a name stand between the classes, so that what lies there fits no class.
    """
    log = np.log2(n)
    yield Growth("logarithmic", 0.1), log
    yield Growth("", 0.5), np.sqrt(n)
    for k in (0, 1, 2, 3, 5):
        yield Growth("linear", 1.0), n - k
    for part in (0, 0.5, 1, 1.4):
        yield Growth("linearithmic", 1.1), n * (log - part)
    yield Growth("", 1.5), n**1.5
    for k in (-3, -1, 0, 1, 2):
        yield Growth("quadratic", 2.0), n * (n - k)
    yield Growth("", 2.1), n**2 * log
    for k in (-1, 0, 1):
        yield Growth("cubic-or-more", 3.0), n * (n - k) * (n - 2 * k)
    for k in (-2, 0, 2):
        yield Growth("cubic-or-more", 4.0), n**3 * (n - k)
    with np.errstate(over="ignore"):
        for base in _BASES:
            yield Growth("exponential", 100.0), base**n


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
    for growth, values in _candidates(n):
        if np.isfinite(values).all() and values[0] > 0:
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

    A site that fits nothing may be passed over when its slope on logarithmic axes is not above the
    order of the fastest clear one, or when it does less than 2 % of the work at the largest size;
    else the program is UNCLEAR.
    """
    table = np.asarray(counts, dtype=np.float64)
    if len(sizes) < FEWEST:
        return UNCLEAR
    share = table[-1] / max(table[-1].sum(), 1)
    found = [growth_of(sizes, column) for column in table.T]
    clear = [growth for growth in found if growth is not UNCLEAR]
    top = max(clear, key=lambda growth: growth.order, default=CONSTANT)
    for growth, part, column in zip(found, share, table.T, strict=True):
        if growth is UNCLEAR and part > SHARE and exponent(sizes, column) > top.order + SLACK:
            return UNCLEAR
    return top


def exponent(sizes: Sequence[int], counts: ArrayLike) -> float:
    """Slope of the upper half of the largest so far, on logarithmic axes: the order of a polynomial."""
    half = len(sizes) // 2
    worst = np.maximum.accumulate(np.asarray(counts, dtype=np.float64))
    x, y = (
        np.log(np.asarray(sizes[half:], dtype=np.float64)),
        np.log(np.maximum(worst[half:], 1)),
    )
    return float(np.polyfit(x, y, 1)[0])
