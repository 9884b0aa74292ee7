"""Reads the series of the Numenta Anomaly Benchmark and the windows in which their anomalies lie.

Lavin and Ahmad 2015, *Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark*
(ICMLA).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from octad.errors import UnreadableInput
from octad_train.data.public_sets import folder

SERIES, LABELS = "nab/series.npz", "nab/labels.json"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One series: Unix seconds `[N]`, values `[N]`, and the first and last row of each window."""

    name: str
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    windows: tuple[tuple[int, int], ...]

    @property
    def group(self) -> str:
        """The folder of the series, say `realTweets`."""
        return self.name.partition("/")[0]


def nab_series() -> Iterator[Labelled]:
    """The series by name. Raises InputError where the set is missing or damaged."""
    try:
        windows = json.loads((folder() / LABELS).read_text("utf-8"))["windows"]
        with np.load(folder() / SERIES, allow_pickle=False) as arrays:
            for name in sorted({key.partition("|")[0] for key in arrays.files}):
                times = arrays[f"{name}|t"].astype(np.float64)
                found = tuple(_rows(times, *map(_seconds, pair)) for pair in windows[name])
                yield Labelled(name, times, arrays[f"{name}|v"].astype(np.float64), found)
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, IndexError) as error:
        raise UnreadableInput(f"cannot read the labelled set {SERIES}: {error}") from error


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()


def _rows(times: NDArray[np.float64], start: float, end: float) -> tuple[int, int]:
    """Both ends belong to the window; three series have times out of order, where clocks were put back."""
    inside = np.flatnonzero((times >= start) & (times <= end))
    return int(inside[0]), int(inside[-1])
