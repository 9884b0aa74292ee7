"""Forecasts that need no learning: last value, seasonal naive, exponential smoothing, each with its errors.

Histories are `[N, T]`, equally spaced and without gaps (see `filled`); a period is a number of points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Weights of a new value in the level, the trend and the season, tried one with each other.
_LEVEL, _TREND, _SEASON = (0.05, 0.2, 0.5, 0.9), (0.0, 0.1), (0.0, 0.1, 0.3)
_DAMPING = 0.9


class Forecast(NamedTuple):
    """Expected values `[N, H]`, and how far off it was at every origin in the history, `[N, origins, H]`."""

    point: Floats
    errors: Floats


def filled(values: Floats) -> Floats:
    """Values `[..., T]` with the last one carried over gaps, the first one back over those at the start."""
    seen = np.isfinite(values)
    at = np.where(seen, np.arange(values.shape[-1]), 0)
    last = np.maximum.accumulate(at, axis=-1)
    first = seen.argmax(axis=-1)[..., None]
    result = np.take_along_axis(values, np.maximum(last, first), axis=-1)
    return np.nan_to_num(result, nan=0.0, posinf=0.0, neginf=0.0)


def last_value(history: Floats, horizon: int) -> Forecast:
    """Things stay as they are."""
    point = np.repeat(history[:, -1:], horizon, axis=1)
    ahead = _ahead(history, horizon)
    return Forecast(point, ahead - history[:, : ahead.shape[1], None])


def seasonal_naive(history: Floats, horizon: int, period: int) -> Forecast:
    """As one period ago; the last value where the history does not hold a period and the horizon."""
    if not horizon <= period <= history.shape[1] - horizon:
        return last_value(history, horizon)
    point = history[:, -period:][:, :horizon]
    changes = history[:, period:] - history[:, :-period]
    return Forecast(point, np.lib.stride_tricks.sliding_window_view(changes, horizon, axis=1))


def exponential_smoothing(history: Floats, horizon: int, period: int = 1) -> Forecast:
    """Level, damped trend and additive season, each an average that forgets; the weights that fit best.

    Holt (1957), Winters (1960), Gardner and McKenzie (1985). The seasons of the first two periods are the
    first estimate; what comes after chooses the weights of each history, and whether it has a season at
    all, by the squared error one step ahead. Without a third period there is no season.
    """
    start = 2 * period if period > 1 and history.shape[1] >= 2 * period + 2 * horizon else 0
    plain = _fitted(history, horizon, 1, start)
    if not start:
        return plain.forecast
    seasonal = _fitted(history, horizon, period, start)
    better = seasonal.squared < plain.squared
    return Forecast(
        np.where(better[:, None], seasonal.forecast.point, plain.forecast.point),
        np.where(better[:, None, None], seasonal.forecast.errors, plain.forecast.errors),
    )


def quantiles(forecast: Forecast, levels: Sequence[float]) -> Floats:
    """The expected values shifted by the quantiles of the errors at the same step, `[N, H, levels]`."""
    if not forecast.errors.shape[1]:
        return np.repeat(forecast.point[..., None], len(levels), axis=2)
    spread = np.moveaxis(np.quantile(forecast.errors, levels, axis=1), 0, -1)
    return forecast.point[..., None] + spread


class _Fitted(NamedTuple):
    """A forecast from the weights with the least sum of squared errors, and that sum, `[N]`."""

    forecast: Forecast
    squared: Floats


def _fitted(history: Floats, horizon: int, period: int, start: int) -> _Fitted:
    """Smooth with every choice of weights, forecast with the best; errors count from `start` on."""
    seasons = _SEASON if period > 1 else (0.0,)
    grid = np.array([(a, b, c) for a in _LEVEL for b in _TREND for c in seasons]).T
    every = np.broadcast_to(history, (grid.shape[1], *history.shape))
    scores = _smooth(every, period, grid[:, :, None], start).squared
    track = _smooth(history, period, grid[:, scores.argmin(axis=0)], start)
    ahead = _ahead(history, horizon)[:, start:]
    steps = np.arange(1, horizon + 1)
    rise = np.cumsum(_DAMPING**steps)
    # The last estimate of a season stands in for that at each origin: it moves slowly.
    places = (start + np.arange(ahead.shape[1] + 1)[:, None] + steps) % period
    last = (history.shape[1] - 1 + steps) % period
    point = track.levels[:, -1:] + rise * track.trends[:, -1:] + track.season[:, last]
    origins = slice(start, start + ahead.shape[1])
    expected = track.levels[:, origins, None] + rise * track.trends[:, origins, None]
    errors = ahead - expected - track.season[:, places[:-1]]
    return _Fitted(Forecast(point, errors), scores.min(axis=0))


class _Track(NamedTuple):
    """States after each point `[..., T]`, the seasonal indices at the end, the sum of squared errors."""

    levels: Floats
    trends: Floats
    season: Floats
    squared: Floats


def _smooth(history: Floats, period: int, weights: Floats, start: int) -> _Track:
    """Run the recursions over histories `[..., T]` with weights `[3, ...]`; errors count from `start` on."""
    alpha, beta, gamma = weights
    season = _first_season(history, period)
    level, trend = history[..., 0] - season[..., 0], np.zeros(history.shape[:-1])
    squared = np.zeros(history.shape[:-1])
    levels, trends = [level], [trend]
    for time in range(1, history.shape[-1]):
        place = time % period
        error = history[..., time] - (level + _DAMPING * trend + season[..., place])
        squared = squared + error**2 * (time >= start)
        level = level + _DAMPING * trend + alpha * error
        trend = _DAMPING * trend + alpha * beta * error
        season[..., place] += gamma * (1 - alpha) * error
        levels.append(level)
        trends.append(trend)
    return _Track(np.stack(levels, -1), np.stack(trends, -1), season, squared)


def _first_season(history: Floats, period: int) -> Floats:
    """How each point of a period lies to the mean of its period, over the first two, `[..., period]`."""
    if period == 1:
        return np.zeros((*history.shape[:-1], 1))
    folded = history[..., : 2 * period].reshape(*history.shape[:-1], 2, period)
    season: Floats = (folded - folded.mean(axis=-1, keepdims=True)).mean(axis=-2)
    return season


def _ahead(history: Floats, horizon: int) -> Floats:
    """The values that followed each origin, `[N, origins, H]`."""
    if history.shape[1] <= horizon:
        return np.zeros((len(history), 0, horizon))
    return np.lib.stride_tricks.sliding_window_view(history[:, 1:], horizon, axis=1)
