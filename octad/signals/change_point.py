"""When something changed, and how far each series then left its usual level.

Levels are logarithms (`signals/levels.py`): a shift of 1 is a factor of 2.7 whatever the unit. `windows`
finds when most changed together, as a handful of windows with weights and not as one, because few points
rarely tell; `deviations` describes every series in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from octad.signals.levels import Floats, align, levels, mean, median

KEPT = 6
USUAL, SPREAD = 0.58, 30.0
EARLIEST, LATEST_END = 0.08, 0.8
NOISE, PRIOR = 0.2, 3.0
LARGEST = 5.0
ROWS, COLUMNS = 32, 64
"""Series, and windows, that are handled at once: what is in hand stays in the processor's cache."""

DEVIATION = (
    "shift", "surprise", "evidence", "peak", "beyond", "onset", "own", "noise",
    "appeared", "vanished", "missing", "length", "unusual",
)  # fmt: skip
"""What the numbers of a deviation mean; up is positive, and a rate of success counts as failures.

shift: level in the window minus outside, in log units, at most 5. surprise: that in standard deviations
outside, as asinh / 5. evidence: the root of |shift| log(1 + |surprise|), signed: large only where both are.
peak: the largest distance in the window. beyond: share of the window beyond all values outside.
onset: begin of the series' own best window minus that of all, in lengths of the whole. own: strength there,
log(1 + t²) / 10. noise: standard deviation outside. appeared, vanished: seen only inside, only outside.
missing: share without a value. length: log10 of the number of values / 2. unusual: -log10 of the share of
equally long windows before with such a shift / 2.
"""


class Window(NamedTuple):
    """Steps `first` to `stop` - 1 of an aligned table, and how likely the change is this one."""

    weight: float
    first: int
    stop: int


class Scan(NamedTuple):
    """All allowed windows `[W, 2]`, and t² of each series in them `[S, W]`."""

    pairs: NDArray[np.int64]
    squares: Floats

    def of(self, rows: NDArray[np.int64]) -> Scan:
        """The same of some series."""
        return Scan(self.pairs, self.squares[rows])


def windows(level: Floats, first: int | None = None, scanned: Scan | None = None) -> list[Window]:
    """The likeliest common windows of change in levels `[S, T]`, their weights adding up to 1.

    Strength is the mean log(1 + t²) of the series that changed most (a thirtieth, at least three). People
    look while it lasts or soon after: a window begins after a twelfth and ends in the last fifth, and
    beginnings at `USUAL` of the whole are preferred. `first` fixes the beginning where it is known. `scanned`
    is `scan(level, first)` where somebody has it.
    """
    found, squares = scanned or scan(level, first)
    if not len(found):
        return []
    common = _common(squares) - SPREAD * (found[:, 0] / level.shape[1] - USUAL) ** 2
    best = np.argsort(-common, kind="stable")[:KEPT]
    weight = np.exp(common[best] - common[best[0]])
    return [
        Window(float(w), int(a), int(b)) for w, (a, b) in zip(weight / weight.sum(), found[best], strict=True)
    ]


def _common(squares: Floats) -> Floats:
    """Mean log(1 + t²) `[W]` of the series that changed most in each window, from t² `[S, W]`."""
    top = min(max(len(squares) // 30, 3), len(squares))
    found = np.empty(squares.shape[1])
    for at in range(0, len(found), COLUMNS):
        some = np.partition(squares[:, at : at + COLUMNS], -top, axis=0)
        found[at : at + COLUMNS] = np.log1p(some[-top:]).mean(axis=0)
    return found


def deviations(level: Floats, found: Sequence[Window], scanned: Scan | None = None) -> Floats:
    """DEVIATION of each series `[S, 13]`, averaged over the windows; always finite, zero without windows.

    `scanned` is `scan(level)`, of any beginning, where somebody has it.
    """
    total = np.zeros((level.shape[0], len(DEVIATION)))
    if found:
        pairs, squares = scanned or scan(level)
        begin = pairs[np.argmax(squares, axis=1), 0]
        own = np.log1p(squares.max(axis=1)) / 10
        for window in found:
            onset = (begin - window.first) / level.shape[1]
            total += window.weight * _numbers(level, window, onset, own)
    return total


def strength(level: Floats, found: Sequence[Window]) -> Floats:
    """The evidence of DEVIATION alone, of each series `[S]`: what far more series can be chosen by."""
    total = np.zeros(len(level))
    for window in found:
        total += window.weight * evidence(*shifts(level, window))
    return total


def deviation(
    times: ArrayLike, values: ArrayLike, quantity: str = "other", at: float | None = None
) -> Floats:
    """DEVIATION `[13]` of one series of any length, from 0 points on; `at`: when it began, if known."""
    steps, table = align([(times, values)])
    level = levels(table, [quantity])
    first = None if at is None else int(np.searchsorted(steps, at))
    return np.asarray(deviations(level, windows(level, first))[0])


def shifts(level: Floats, window: Window) -> tuple[Floats, Floats]:
    """Shift `[S]` of each level in the window against outside, and outside's standard deviation `[S]`.

    The deviation is pulled to `NOISE` as by three more points, so that two equal values prove nothing.
    """
    inside, outside = _parted(level, window)
    shift = np.nan_to_num(mean(inside) - median(outside))[:, 0]
    count = np.isfinite(outside).sum(axis=1)
    variance = np.nan_to_num(mean((outside - mean(outside)) ** 2))[:, 0]
    return np.clip(shift, -LARGEST, LARGEST), np.sqrt((count * variance + PRIOR * NOISE**2) / (count + PRIOR))


def _numbers(level: Floats, window: Window, onset: Floats, own: Floats) -> Floats:
    inside, outside = _parted(level, window)
    shift, noise = shifts(level, window)
    within, without = np.isfinite(inside), np.isfinite(outside)
    low = np.min(np.where(without, outside, np.inf), axis=1, keepdims=True)
    high = np.max(np.where(without, outside, -np.inf), axis=1, keepdims=True)
    beyond = ((inside > high) | (inside < low)).sum(axis=1) / np.maximum(within.sum(axis=1), 1)
    peak = np.max(np.where(within, np.abs(inside - median(outside)), 0.0), axis=1, initial=0.0)
    columns = [
        shift,
        np.arcsinh(shift / noise) / 5,
        evidence(shift, noise),
        np.minimum(np.nan_to_num(peak), LARGEST),
        np.where(without.any(axis=1), beyond, 0.0),
        onset,
        own,
        noise,
        within.any(axis=1) & ~without.any(axis=1),
        without.any(axis=1) & ~within.any(axis=1),
        1 - np.isfinite(level).mean(axis=1),
        np.log10(np.maximum(np.isfinite(level).sum(axis=1), 1)) / 2,
        _unusual(level, window, shift),
    ]
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def evidence(shift: Floats, noise: Floats) -> Floats:
    """Signed evidence that is large only where the shift is large in itself and against the noise."""
    size = np.abs(shift)
    return np.asarray(np.sign(shift) * np.sqrt(size * np.log1p(size / noise)))


def _unusual(level: Floats, window: Window, shift: Floats) -> Floats:
    """Of windows as long that end before the change: how few have such a shift, as -log10 / 2."""
    length = window.stop - window.first
    if window.first < length:
        return np.zeros(level.shape[0])
    past = np.lib.stride_tricks.sliding_window_view(level[:, : window.first], length, axis=1)
    usual = np.abs(np.nan_to_num(mean(past, axis=2)[..., 0] - median(level[:, : window.first])))
    larger = (usual >= np.abs(shift)[:, None]).sum(axis=1)
    return np.asarray(-np.log10((1 + larger) / (1 + past.shape[1])) / 2)


def scan(level: Floats, first: int | None = None) -> Scan:
    """All windows that may be the change in levels `[S, T]`, beginning at `first` where that is known."""
    length = level.shape[1]
    earliest = max(1 if length < 6 else 2, int(np.ceil(EARLIEST * length)))
    begins = (
        range(earliest, length) if first is None else range(max(first, 1), min(max(first, 1) + 1, length))
    )
    ends = int(np.ceil(LATEST_END * length))
    pairs = [(a, b) for a in begins for b in range(max(a + 1, ends), length + 1)]
    if not pairs:
        return Scan(np.zeros((0, 2), dtype=np.int64), np.zeros((level.shape[0], 0)))
    found = np.array(pairs, dtype=np.int64)
    squares = np.empty((level.shape[0], len(found)))
    for row in range(0, len(level), ROWS):
        squares[row : row + ROWS] = _squares(level[row : row + ROWS], found)
    return Scan(found, squares)


def _squares(level: Floats, found: NDArray[np.int64]) -> Floats:
    """t² of each series in each window `[S, W]`."""
    seen = np.isfinite(level)
    filled = np.where(seen, level, 0.0)
    counted = (seen[:1] if seen.all() else seen).astype(float)  # one row counts for all where none has a gap
    (n1, n0), (s1, s0), (q1, q0) = (_sums(part, found) for part in (counted, filled, filled**2))
    m1, m0 = np.maximum(n1, 1), np.maximum(n0, 1)
    squares = np.maximum(q1 - s1**2 / m1, 0) + np.maximum(q0 - s0**2 / m0, 0)
    variance = (squares + PRIOR * NOISE**2) / (np.maximum(n1 + n0 - 2, 0) + PRIOR)
    shift = np.where((n1 > 0) & (n0 > 0), s1 / m1 - s0 / m0, 0.0)
    found_squares: Floats = shift**2 / variance * n1 * n0 / np.maximum(n1 + n0, 1)
    return found_squares


def _sums(part: Floats, found: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Sums `[S, W]` inside and outside each window."""
    total = np.concatenate([np.zeros((len(part), 1)), np.cumsum(part, axis=1)], axis=1)
    inside = total[:, found[:, 1]] - total[:, found[:, 0]]
    return inside, total[:, -1:] - inside


def _parted(level: Floats, window: Window) -> tuple[Floats, Floats]:
    inside = level[:, window.first : window.stop]
    return inside, np.concatenate([level[:, : window.first], level[:, window.stop :]], axis=1)
