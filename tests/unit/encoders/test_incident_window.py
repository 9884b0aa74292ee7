"""Metrics on one clock: when it began, and that records that were read once are not read again."""

from __future__ import annotations

import numpy as np
import pytest

from octad.encoders.incident_window import incident_window
from octad.records.instant import Instant
from octad.records.series import Series, SeriesSet

START, POINTS, BROKE = 1_700_000_000.0, 40, 26


def incident() -> SeriesSet:
    """Six series of which the first triples."""
    rng = np.random.default_rng(0)
    times = tuple(START + 60.0 * i for i in range(POINTS))
    held = []
    for i in range(6):
        values = rng.lognormal(0, 0.05, POINTS)
        values[BROKE:] *= 3 if i == 0 else 1
        held.append(Series(name=f"s{i}.latency", times=times, values=tuple(values.tolist())))
    return SeriesSet(series=tuple(held[::-1]))


def test_nothing_is_nothing() -> None:
    assert incident_window(None, None, None) is None and incident_window(SeriesSet(), None, None) is None


@pytest.mark.parametrize("known", [False, True])
def test_the_start_is_found_or_given(known: bool) -> None:
    broke = START + 60.0 * BROKE
    window = incident_window(incident(), None, Instant(time=broke) if known else None)
    assert window is not None and abs(window.start - broke) <= (0 if known else 120)
    assert [one.name for one in window.series] == sorted(one.name for one in window.series)


def test_the_same_records_are_read_once_and_equal_ones_again() -> None:
    held = incident()
    assert incident_window(held, None, None) is incident_window(held, None, None)
    assert incident_window(held, None, None) is not incident_window(incident(), None, None)
