"""Anomalies per point on the Numenta Anomaly Benchmark: floors, and the detector of `evaluate/anomaly.py`.

Run: OCTAD_DATA=<folder> python benchmarks/floors_anomaly.py   (a minute)

One threshold for all series. `best` is chosen on the series it is judged on, as the benchmark does; `crossed`
is chosen on every other series and judged on the rest, both ways, weighted by windows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from octad.errors import InputError
from octad_train.data.operations.nab import Labelled, nab_series
from octad_train.evaluate.anomaly import anomaly_scores
from octad_train.evaluate.tables import machine, table
from octad_train.metrics.nab import Scored, best_threshold, nab_score, probation

Scores = NDArray[np.float64]
REST = 0.4
WINDOW, COMPONENTS = 20, 3


def static(series: Labelled) -> Scores:
    """Distance beyond the range seen in the first 15 %, in ranges."""
    first = series.values[: probation(len(series.values))]
    low, high = first.min(), first.max()
    beyond = np.maximum(series.values - high, low - series.values)
    return np.asarray(beyond / (high - low + 1e-3 * abs(high) + 1e-12))


def gaussian(series: Labelled) -> Scores:
    """Deviations from the mean of all values so far."""
    count = np.arange(1, len(series.values) + 1)
    mean = np.cumsum(series.values) / count
    spread = np.sqrt(np.maximum(np.cumsum(series.values**2) / count - mean**2, 0))
    return np.append(0.0, np.abs(series.values[1:] - mean[:-1]) / (spread[:-1] + 1e-9))


def principal(series: Labelled) -> Scores:
    """What three principal components of windows in the first 15 % leave of later windows, in theirs."""
    scaled = (series.values - series.values.mean()) / (series.values.std() + 1e-12)
    views = np.lib.stride_tricks.sliding_window_view(scaled, WINDOW)
    first = views[: probation(len(scaled)) - WINDOW]
    centre = first.mean(axis=0)
    axes = np.linalg.svd(first - centre, full_matrices=False)[2][:COMPONENTS]
    left = np.linalg.norm((views - centre) - (views - centre) @ axes.T @ axes, axis=1)
    usual = left[: len(first)]
    return np.append(np.zeros(WINDOW - 1), (left - usual.mean()) / (usual.std() + 1e-3))


def streaming(series: Labelled) -> Scores:
    """The streaming detector."""
    return anomaly_scores(series.times, series.values, int(REST * probation(len(series.values))))


def rested(detector: Callable[[Labelled], Scores]) -> Callable[[Labelled], Scores]:
    """The same rest after a high score that the streaming detector keeps."""

    def scores(series: Labelled) -> Scores:
        found, rest = detector(series), int(REST * probation(len(series.values)))
        before = np.concatenate([np.full(rest, -np.inf), found])[:-1]
        highest = np.lib.stride_tricks.sliding_window_view(before, rest).max(axis=1)
        return np.where(found > highest, found, 0.0)

    return scores


DETECTORS: dict[str, Callable[[Labelled], Scores]] = {
    "static threshold": static,
    "Gaussian of the past": gaussian,
    "PCA over windows": principal,
    "static, rested": rested(static),
    "Gaussian, rested": rested(gaussian),
    "PCA, rested": rested(principal),
    "streaming": streaming,
}


def row(name: str, cases: list[Scored]) -> list[object]:
    """Scores with the threshold chosen on all, and chosen on one half for the other."""
    best = best_threshold(cases)
    halves = cases[::2], cases[1::2]
    sizes = [sum(len(case.windows) for case in half) for half in halves]
    crossed = [
        nab_score(judged, best_threshold(chosen).threshold)
        for judged, chosen in zip(halves, halves[::-1], strict=True)
    ]
    score = float(np.average([one.score for one in crossed], weights=sizes))
    alarms = float(np.mean([one.false_alarms for one in crossed]))
    return [name, best.score, best.false_alarms, score, alarms, best.threshold]


def main() -> int:
    """Print the table."""
    try:
        series = list(nab_series())
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    lines = [
        row(name, [Scored(detector(one), one.windows) for one in series])
        for name, detector in DETECTORS.items()
    ]
    header = ["detector", "best", "false alarms", "crossed", "false alarms", "threshold"]
    sys.stdout.write(table(f"NAB standard score on {len(series)} series", header, lines))
    sys.stdout.write(f"\nSeed none: nothing is drawn. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
