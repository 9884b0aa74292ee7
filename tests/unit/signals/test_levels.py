"""Series at even steps: those of the same times are handled at once, and alike."""

from __future__ import annotations

import numpy as np

from octad.records.series import Series
from octad.signals.levels import align, bin_means, usual_step


def test_series_handled_at_once_are_binned_as_each_alone() -> None:
    rng = np.random.default_rng(0)
    times = np.sort(rng.choice(np.arange(0.0, 3000, 10), 200, replace=False))
    values = rng.normal(0, 1, (3, 200))
    values[1, 5:50] = np.nan
    _, whole = align([(times, row) for row in values])
    for row, found in zip(values, whole, strict=True):
        np.testing.assert_array_equal(align([(times, row)])[1][0], found)


def test_means_of_bins() -> None:
    values = np.array([[1.0, 3.0, np.nan, 8.0], [np.nan, 1.0, 2.0, 9.0]])
    found = bin_means(np.array([0, 0, 2, 3]), values, 3)
    np.testing.assert_array_equal(found, [[2.0, np.nan, np.nan], [1.0, np.nan, 2.0]])


def test_the_usual_step_counts_every_series_once() -> None:
    def series(step: float, count: int = 3) -> Series:
        times = tuple(step * at for at in range(count))
        return Series(name="a", times=times, values=(1.0,) * count)

    assert usual_step([series(60), series(60), series(15)]) == 60
    assert usual_step([series(60), series(15, 9), series(15)]) == 15
    assert usual_step([series(60, 1)]) == usual_step([]) == 0
