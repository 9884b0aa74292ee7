"""Judges without learning: what they catch, what they do not judge, and how their verdict grows."""

from __future__ import annotations

import numpy as np
import pytest

from octad.signals.judge import excess, failed, sequential, share_failed, surest

JUDGES = (share_failed, surest, excess)


def metrics(levels: tuple[float, ...], points: int, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.05, (points, len(levels)))
    return np.array(levels) * (1 + noise)


@pytest.mark.parametrize("judge", JUDGES)
def test_worse_is_told_from_better(judge) -> None:  # type: ignore[no-untyped-def]
    before, worse = metrics((10, 100, 50), 40), np.array([1.0, -1.0, 0.0])
    same = judge(before, metrics((10, 100, 50), 20, 1), worse)
    slower = judge(before, metrics((20, 100, 50), 20, 1), worse)
    fewer = judge(before, metrics((10, 50, 50), 20, 1), worse)
    better = judge(before, metrics((5, 200, 50), 20, 1), worse)
    busier = judge(before, metrics((10, 100, 500), 20, 1), worse)
    assert min(slower, fewer) > 3 * max(same, better, busier, 0.05)


def test_the_share_is_of_judged_metrics() -> None:
    before, worse = metrics((10, 10, 10), 40), np.array([1.0, 1.0, 0.0])
    after = metrics((20, 10, 20), 20, 1)
    assert failed(before, after, worse).tolist() == [True, False, False]
    assert share_failed(before, after, worse) == 0.5


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize(("before", "after"), [(0, 5), (5, 0), (0, 0), (1, 1)])
def test_nothing_to_compare_is_no_verdict(judge, before, after) -> None:  # type: ignore[no-untyped-def]
    worse = np.array([1.0, -1.0])
    assert judge(np.ones((before, 2)), np.ones((after, 2)), worse) < 1
    assert judge(np.full((9, 2), np.nan), np.full((9, 2), np.nan), worse) < 1
    assert judge(np.ones((9, 2)), np.ones((9, 2)), np.zeros(2)) == 0


def test_errors_from_nothing_exceed() -> None:
    assert excess(np.zeros((9, 1)), np.ones((3, 1)), np.ones(1)) == 10


def test_the_verdict_comes_after_every_point() -> None:
    before, worse = metrics((10,), 40), np.ones(1)
    after = np.concatenate([metrics((10,), 3, 1), metrics((30,), 12, 2)])
    said = sequential(surest, before, after, worse)
    assert said.shape == (15,) and said[:2].tolist() == [0, 0]
    assert said[2] < 2 < said[-1] and said[-1] == surest(before, after, worse)
    assert sequential(surest, before, after[:1], worse).tolist() == [0]
