"""How much demand is to come, and how many replicas it needs for one: forecast without learning.

Exponential smoothing with the quantiles of its own past errors: no learned model beat it by enough to be
worth its weight (`docs/RESULTS.md`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from octad.records.base import Record
from octad.records.series import Series, split_name
from octad.signals.forecast import exponential_smoothing, filled, quantiles
from octad.signals.metric_polarity import family

LEVELS = (0.1, 0.5, 0.9, 0.99)
HORIZON = 12
FEWEST = 24
"""Points of history without which nothing is forecast."""
MOST = 2_000
DAY = 86_400.0
DEMAND = ("requests", "throughput")
"""What counts as demand, the first that is measured; how busy a processor is is none."""


class CapacityForecast(Record):
    """Quantiles of the demand `metric` at each of the next steps, and what follows from them.

    `quantiles` has a row per level of `levels`; `factor` is the largest 0.99 quantile over the usual demand
    of the last steps: so many times as many replicas serve it as do now.
    """

    metric: str
    step_s: float
    levels: tuple[float, ...] = LEVELS
    quantiles: tuple[tuple[float, ...], ...]
    factor: float


def forecast_capacity(series: Sequence[Series]) -> CapacityForecast | None:
    """The forecast of the busiest demand among the series; None where none is long enough."""
    for kind in DEMAND:
        held = [one for one in series if family(split_name(one.name)[1]) == kind and _known(one) >= FEWEST]
        if held:
            return _forecast(max(held, key=lambda one: (_level(one), one.name)))
    return None


def _forecast(series: Series) -> CapacityForecast:
    values = np.array([np.nan if v is None else v for v in series.values], np.float64)[-MOST:]
    history = filled(values)[None]
    step = float(np.median(np.diff(series.times)))
    period = round(DAY / step) if step > 0 else 1
    season = period if 1 < period <= history.shape[1] // 2 else 1
    found = quantiles(exponential_smoothing(history, HORIZON, season), LEVELS)[0].clip(min=0.0)
    usual = float(np.median(history[0, -HORIZON:]))
    return CapacityForecast(
        metric=series.name,
        step_s=step,
        quantiles=tuple(tuple(map(float, row)) for row in found.T),
        factor=float(found[:, -1].max() / usual) if usual > 0 else 1.0,
    )


def _known(series: Series) -> int:
    return sum(value is not None for value in series.values)


def _level(series: Series) -> float:
    return float(np.median([value for value in series.values if value is not None]))
