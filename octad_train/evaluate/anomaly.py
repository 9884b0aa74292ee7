"""How anomalous each point of a series is, from the points before it alone; constant time and memory a point.

Four surprises, each against its own past, are added as square roots, so that two moderate ones say as much
as a large one: the step from the last value; the smoothed residual against the usual value of this half hour
of the day; unusual quiet; leaving the range of all values so far. After a high score lower ones count
nothing for a while: an anomaly is reported once. No weight is learned; a threshold is for the user to choose.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

REST = 288
"""Points for which lower scores are held back: a day of five minutes."""

_DAY, _SLOTS, _REMEMBERED = 86400.0, 48, 30
_SMOOTH, _LATELY, _WIDTH = 0.1, 0.2, 10.0
_LEAST = 1e-3


@dataclass(slots=True)
class Usual:
    """Running mean and deviation of a number (Welford 1962)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def surprise(self, value: float, least: float) -> float:
        """Deviations from the mean so far, never of less than `least`; the value then joins the past."""
        if not self.count:
            self.count, self.mean = 1, value
            return 0.0
        distance = value - self.mean
        deviation = math.sqrt(max(self.squares / self.count, 0.0)) + least
        self.count += 1
        self.mean += distance / self.count
        self.squares += distance * (value - self.mean)
        return distance / deviation


@dataclass(slots=True)
class Detector:
    """Scores of one series as its points arrive; `rest` is for how many points lower scores are held back."""

    rest: int = REST
    _last: float | None = None
    _low: float = 0.0
    _high: float = 0.0
    _smoothed: float = 0.0
    _moving: float = 0.0
    _at: int = 0
    _steps: Usual = field(default_factory=Usual)
    _residuals: Usual = field(default_factory=Usual)
    _quiet: Usual = field(default_factory=Usual)
    _profile: dict[int, tuple[int, float]] = field(default_factory=dict)
    _recent: deque[tuple[int, float]] = field(default_factory=deque)

    def update(self, time: float, value: float) -> float:
        """Score of the next point, Unix seconds and value; 0 for a gap, for the first, and while at rest."""
        self._at += 1
        if not (math.isfinite(value) and math.isfinite(time)):
            return 0.0
        if self._last is None:
            self._last = self._low = self._high = value
        surprises = self._surprises(time, value)
        return self._reported(sum(math.sqrt(max(surprise, 0.0)) for surprise in surprises))

    def _surprises(self, time: float, value: float) -> tuple[float, float, float, float]:
        last = value if self._last is None else self._last
        least = _LEAST * max(abs(self._low), abs(self._high), abs(value)) + 1e-12
        step = abs(value - last)
        self._smoothed += _SMOOTH * (value - self._expected(time, value, last) - self._smoothed)
        self._moving += _LATELY * (step - self._moving)
        beyond = max(value - self._high, self._low - value) / (self._high - self._low + least)
        found = (
            self._steps.surprise(step, least),
            self._residuals.surprise(abs(self._smoothed), least),
            -self._quiet.surprise(math.log(self._moving + least), 1e-9),
            _WIDTH * beyond,
        )
        self._last, self._low, self._high = value, min(self._low, value), max(self._high, value)
        return found

    def _expected(self, time: float, value: float, last: float) -> float:
        """The usual value of this half hour of the day, of the last `_REMEMBERED` points in it."""
        slot = int(time % _DAY * _SLOTS / _DAY)
        count, usual = self._profile.get(slot, (0, last))
        weight = 1 / min(count + 1, _REMEMBERED)
        self._profile[slot] = (count + 1, usual + weight * (value - usual) if count else value)
        return usual

    def _reported(self, score: float) -> float:
        """The score if no other in the last `rest` points is as high, else 0."""
        recent = self._recent
        while recent and recent[0][0] < self._at - self.rest:
            recent.popleft()
        reported = score if not recent or score > recent[0][1] else 0.0
        while recent and recent[-1][1] <= score:
            recent.pop()
        recent.append((self._at, score))
        return reported


def anomaly_scores(times: ArrayLike, values: ArrayLike, rest: int = REST) -> NDArray[np.float64]:
    """Score `[N]` of each point of a whole series, by the points before it."""
    detector = Detector(rest)
    pairs = zip(np.asarray(times, float).tolist(), np.asarray(values, float).tolist(), strict=True)
    return np.array([detector.update(time, value) for time, value in pairs], dtype=np.float64)
