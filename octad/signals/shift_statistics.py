"""What two stretches of a metric say about a change between them, in numbers that a model can read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from octad.signals.ranks import compare, log_p, mean, median

Floats = NDArray[np.float64]

EVIDENCE = (
    "direction",  # 1 where more is worse, -1 where less is, 0 where neither is
    "observed_before",  # logarithm of 1 + the points observed before
    "observed_after",  # the same after
    "missing_before",  # share of the points not observed
    "missing_after",
    "missing_lately",  # of the last three
    "delta",  # Cliff's delta
    "log_p",  # -log10 of the one-sided p that it is worse, up to 10
    "ratio",  # logarithm of the ratio of the medians
    "mean_ratio",  # of the means
    "shift",  # difference of the medians in robust deviations
    "lately",  # the same of the last three points
    "peak",  # of the worst point
    "since_late",  # of the medians of the last quarter before, and after
    "under_way",  # of the last quarter before, against the rest before
    "beyond",  # share of the points worse than any before
    "run",  # logarithm of 1 + how many last points in a row are worse than 90 % before
    "spread",  # logarithm of the ratio of the deviations
    "trend_before",  # rank correlation with time
    "trend_after",
    "record",  # the median of the last five points, against the worst such median before
    "record_peak",  # the worst such median after, against the worst before
    "unusual",  # -log10 of the share of stretches before, as long as after, whose mean was as bad
    "system",  # record, of the mean of the three worst metrics at each time; the same for all metrics
    "system_peak",
)
"""The numbers, in their order. Worse is positive; of a metric without direction, more is.

The last five judge a system by its own past: every stretch before is taken for a deployment that did no harm.

Differences in deviations are compressed: asinh(x), so 10 deviations are 3 and 1,000 are 7.6.
"""
_LEAST = 0.02
_SHORT, _WORST = 5, 3


def evidence(before: Floats, after: Floats, worse: Floats) -> Floats:
    """The numbers `[N, len(EVIDENCE)]` of N metrics: `before` `[B, N]`, `after` `[A, N]`, NaN not observed.

    `worse` `[N]` is 1, -1 or 0. They are finite whatever comes in; 0 where there is nothing to compare.
    """
    sign = np.where(worse < 0, -1.0, 1.0)
    before, after = _finite(before) * sign, _finite(after) * sign
    late = before[-max(len(before) // 4, 1) :]
    early = before[: -max(len(before) // 4, 1)]
    level, scale = median(before), _scale(before, after)
    test = compare(before, after)
    past, since = ((_short(side) - level) / scale for side in (before, after))
    columns = (
        worse,
        np.log1p(np.isfinite(before).sum(axis=0)),
        np.log1p(np.isfinite(after).sum(axis=0)),
        _missing(before),
        _missing(after),
        _missing(after[-3:]),
        test.delta,
        np.minimum(log_p(test.z), 10),
        _log_ratio(level, median(after), scale) * sign,
        _log_ratio(mean(before), mean(after), scale) * sign,
        np.arcsinh((median(after) - level) / scale),
        np.arcsinh((median(after[-3:]) - level) / scale),
        np.arcsinh((_most(after) - level) / scale),
        np.arcsinh((median(after) - median(late)) / scale),
        np.arcsinh((median(late) - median(early)) / scale),
        np.nan_to_num(mean(np.where(np.isfinite(after), after > _most(before), np.nan))),
        np.log1p(_run(before, after)),
        _log_ratio(_deviation(before), _deviation(after), scale),
        _trend(before),
        _trend(after),
        *_records(past, since),
        _unusual(before, after, level),
        *_records(_together(past, worse), _together(since, worse)),
    )
    numbers: Floats = np.stack([np.broadcast_to(column, worse.shape) for column in columns], axis=1)
    return np.nan_to_num(numbers, nan=0.0, posinf=0.0, neginf=0.0)


def _finite(values: Floats) -> Floats:
    finite: Floats = np.where(np.isfinite(values), values, np.nan)
    return finite


def _scale(before: Floats, after: Floats) -> Floats:
    """A robust deviation of `before`, never below a fiftieth of the level, never 0."""
    level = np.nan_to_num(mean(np.abs(before)))
    scale = np.nan_to_num(_deviation(before)) + _LEAST * level
    other = _LEAST * np.nan_to_num(mean(np.abs(after)))
    result: Floats = np.where(scale > 0, scale, np.where(other > 0, other, 1.0))
    return result


def _deviation(values: Floats) -> Floats:
    """The median absolute deviation, as a standard deviation of normal noise."""
    return 1.4826 * median(np.abs(values - median(values)))


def _log_ratio(was: Floats, now: Floats, scale: Floats) -> Floats:
    """The logarithm of a ratio, where a little of the scale keeps nothing from being divided by."""
    ratio: Floats = np.log((np.abs(now) + 0.1 * scale) / (np.abs(was) + 0.1 * scale))
    return np.clip(ratio, -4, 4)


def _missing(values: Floats) -> Floats:
    seen: Floats = np.isfinite(values).sum(axis=0) / max(len(values), 1)
    return 1 - seen


def _most(values: Floats) -> Floats:
    most = np.where(np.isfinite(values), values, -np.inf).max(axis=0, initial=-np.inf)
    return np.where(np.isfinite(most), most, np.nan)


def _run(before: Floats, after: Floats) -> Floats:
    """How many of the last points in a row are worse than nine tenths of those before."""
    share = (after[:, None] > before).sum(axis=1) / np.maximum(np.isfinite(before).sum(axis=0), 1)
    run: Floats = np.cumprod((share >= 0.9)[::-1], axis=0).sum(axis=0, dtype=np.float64)
    return run


def _trend(values: Floats) -> Floats:
    """Kendall's rank correlation with time: of all pairs, how many rise less how many fall."""
    later, earlier = np.tril_indices(len(values), -1)
    rises = np.sign(values[later] - values[earlier])
    balance: Floats = np.nansum(rises, axis=0) / np.maximum(np.isfinite(rises).sum(axis=0), 1)
    return balance


def _rolling(values: Floats, width: int, statistic: Callable[[Floats], Floats]) -> Floats:
    """A statistic of every so many points in a row, `[W, N]`."""
    rows = np.moveaxis(np.lib.stride_tricks.sliding_window_view(values, width, axis=0), -1, 0)
    return statistic(rows.reshape(width, -1)).reshape(rows.shape[1:])


def _short(values: Floats) -> Floats:
    """Medians of every five points in a row, `[W, N]`; of all points where there are fewer."""
    width = min(_SHORT, len(values))
    return _rolling(values, width, median) if width else values


def _records(past: Floats, since: Floats) -> tuple[Floats, Floats]:
    """How far the last of `since` `[W, N]`, and the worst of it, are beyond the worst of `past`."""
    worst, last = _most(past), since[-1] if len(since) else np.full(past.shape[1], np.nan)
    return np.arcsinh(last) - np.arcsinh(worst), np.arcsinh(_most(since)) - np.arcsinh(worst)


def _together(scores: Floats, worse: Floats) -> Floats:
    """Mean of the three worst of the metrics with a direction at each time, `[W, 1]`; NaN without any."""
    scored = scores[:, worse != 0]
    seen = np.where(np.isfinite(scored), scored, -np.inf)
    top = np.sort(seen, axis=1)[:, -_WORST:]
    return mean(np.where(np.isfinite(top), top, np.nan).T)[:, None]


def _unusual(before: Floats, after: Floats, level: Floats) -> Floats:
    """Minus the logarithm of the share of earlier stretches, half as long at most, that were as bad."""
    length = min(len(after), len(before) // 2)
    if not length:
        return np.zeros(before.shape[1])
    means = _rolling(before, length, mean)
    worse = (means - level >= mean(after) - level).sum(axis=0)
    share: Floats = (1 + worse) / (1 + np.isfinite(means).sum(axis=0))
    return -np.log10(share)
