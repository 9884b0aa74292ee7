"""Tests of a rollout without learning: what they catch, what they leave alone, what every point adds."""

from __future__ import annotations

import numpy as np
import pytest

from octad_train.evaluate.canary_test import excess, failed, sequential, share_failed, surest

TESTS = (share_failed, surest, excess)


def metrics(levels: tuple[float, ...], points: int, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.05, (points, len(levels)))
    return np.array(levels) * (1 + noise)


@pytest.mark.parametrize("score", TESTS)
def test_worse_is_distinguished_from_better(score) -> None:  # type: ignore[no-untyped-def]
    before, worse = metrics((10, 100, 50), 40), np.array([1.0, -1.0, 0.0])
    same = score(before, metrics((10, 100, 50), 20, 1), worse)
    slower = score(before, metrics((20, 100, 50), 20, 1), worse)
    fewer = score(before, metrics((10, 50, 50), 20, 1), worse)
    better = score(before, metrics((5, 200, 50), 20, 1), worse)
    busier = score(before, metrics((10, 100, 500), 20, 1), worse)
    assert min(slower, fewer) > 3 * max(same, better, busier, 0.05)


def test_the_share_is_of_metrics_with_a_direction() -> None:
    before, worse = metrics((10, 10, 10), 40), np.array([1.0, 1.0, 0.0])
    after = metrics((20, 10, 20), 20, 1)
    assert failed(before, after, worse).tolist() == [True, False, False]
    assert share_failed(before, after, worse) == 0.5


@pytest.mark.parametrize("score", TESTS)
@pytest.mark.parametrize(("before", "after"), [(0, 5), (5, 0), (0, 0), (1, 1)])
def test_nothing_to_compare_is_no_failure(score, before, after) -> None:  # type: ignore[no-untyped-def]
    worse = np.array([1.0, -1.0])
    assert score(np.ones((before, 2)), np.ones((after, 2)), worse) < 1
    assert score(np.full((9, 2), np.nan), np.full((9, 2), np.nan), worse) < 1
    assert score(np.ones((9, 2)), np.ones((9, 2)), np.zeros(2)) == 0


def test_errors_from_nothing_exceed() -> None:
    assert excess(np.zeros((9, 1)), np.ones((3, 1)), np.ones(1)) == 10


def test_a_score_comes_after_every_point() -> None:
    before, worse = metrics((10,), 40), np.ones(1)
    after = np.concatenate([metrics((10,), 3, 1), metrics((30,), 12, 2)])
    found = sequential(surest, before, after, worse)
    assert found.shape == (15,) and found[:2].tolist() == [0, 0]
    assert found[2] < 2 < found[-1] and found[-1] == surest(before, after, worse)
    assert sequential(surest, before, after[:1], worse).tolist() == [0]
