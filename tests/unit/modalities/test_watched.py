"""Metrics on one clock: the onset, and that what was watched once is not watched again."""

from __future__ import annotations

import numpy as np
import pytest

from octad.modalities.watched import watch
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
    assert watch(None, None, None) is None and watch(SeriesSet(), None, None) is None


@pytest.mark.parametrize("known", [False, True])
def test_the_onset_is_found_or_told(known: bool) -> None:
    broke = START + 60.0 * BROKE
    watched = watch(incident(), None, Instant(time=broke) if known else None)
    assert watched is not None and abs(watched.began - broke) <= (0 if known else 120)
    assert [one.name for one in watched.series] == sorted(one.name for one in watched.series)


def test_the_same_records_are_watched_once_and_equal_ones_again() -> None:
    held = incident()
    assert watch(held, None, None) is watch(held, None, None)
    assert watch(held, None, None) is not watch(incident(), None, None)
