"""Floors of the forecast of demand: last value, seasonal naive, exponential smoothing, as quantiles.

Real demand of NAB (requests, mentions, processor, occupancy) and PetShop (requests), twelve points ahead, the
last three tenths of every series: what a learned forecast is judged on too, on series it never saw.

Run: OCTAD_DATA=<folder of the labelled sets> python benchmarks/floors_scaling.py   (one minute)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from octad.errors import InputError
from octad.signals.forecast import exponential_smoothing, filled, last_value, quantiles, seasonal_naive
from octad_train.data.operations.nab import nab_series
from octad_train.data.operations.normal_windows import petshop_stretch
from octad_train.data.operations.petshop import petshop_normal
from octad_train.evaluate.tables import machine, table
from octad_train.metrics.forecast import coverage, provision, weighted_quantile_loss

Floats = NDArray[np.float64]
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
HORIZON, DAY = 12, 288
DEMAND = ("request", "volume", "cpu", "asg", "occupancy")


def demand() -> Iterator[tuple[str, str, Floats, int]]:
    """Set, name, values, and the length of the history that it is forecast from."""
    for series in nab_series():
        if series.group.startswith("real") and any(word in series.name for word in DEMAND):
            yield "nab", series.name, filled(series.values), 3 * DAY
    for spell in petshop_normal():
        stretch = petshop_stretch(spell)
        for (service, metric), column in zip(stretch.names, stretch.values.T, strict=True):
            seen = np.isfinite(column)
            if metric.startswith("requests") and seen.mean() > 0.9 and np.std(column[seen]) > 0:
                yield "petshop", f"{spell.origin}/{service}", filled(column), DAY


def windows(values: Floats, length: int) -> tuple[Floats, Floats]:
    """Histories `[N, length]` and what followed `[N, 12]`, every hour in the last three tenths."""
    start = max(length, int(0.7 * len(values)))
    origins = np.arange(start, len(values) - HORIZON, HORIZON)
    history = np.stack([values[at - length : at] for at in origins])
    return history, np.stack([values[at : at + HORIZON] for at in origins])


def judged(history: Floats, future: Floats) -> list[tuple[float, float, float, float]]:
    """Weighted quantile loss, under-provisioned and unused at 0.99, how often 0.9 holds, by floor."""
    found = []
    for forecast in (
        last_value(history, HORIZON),
        seasonal_naive(history, HORIZON, DAY),
        exponential_smoothing(history, HORIZON),
        exponential_smoothing(history, HORIZON, DAY),
    ):
        said = np.maximum(quantiles(forecast, LEVELS), 0)
        cost = provision(future, said[..., -1])
        held = float(coverage(future, said)[LEVELS.index(0.9)])
        found.append((weighted_quantile_loss(future, said, LEVELS), cost.under, cost.unused, held))
    return found


def main() -> int:
    """Print the table."""
    try:
        series = list(demand())
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    found: dict[str, list[list[tuple[float, float, float, float]]]] = {}
    for source, _, values, length in series:
        history, future = windows(values, length)
        if future.sum() > 0:
            found.setdefault(source, []).append(judged(history, future))
    names = ("last value", "seasonal naive", "exponential smoothing", "  with a daily season if it fits")
    lines = []
    for source, each in found.items():
        for number, name in enumerate(names):
            figures = np.array([floors[number] for floors in each]).mean(axis=0)
            lines.append([source, len(each), name, *(f"{figure:.4f}" for figure in figures)])
    header = ["set", "series", "forecast", "WQL", "under-provisioned", "unused", "at or below 0.9"]
    sys.stdout.write(table("Quantiles of demand, mean over series", header, lines))
    sys.stdout.write(f"\nNo random numbers. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
