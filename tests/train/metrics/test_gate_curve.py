from __future__ import annotations

import math

import numpy as np
import pytest

from octad_train.metrics.gate_curve import caught


def test_the_highest_are_held_back() -> None:
    scores, actual = [0.9, 0.8, 0.7, 0.6, 0.5], [1, 0, 1, 1, 0]
    assert [caught(scores, actual, share) for share in (0, 0.2, 0.6, 1)] == pytest.approx(
        [0, 1 / 3, 2 / 3, 1]
    )


def test_tied_scores_catch_their_part() -> None:
    assert caught(np.zeros(10), [1, *[0] * 9], 0.3) == pytest.approx(0.3)
    assert caught([2, 1, 1, 0], [0, 1, 1, 0], 0.5) == pytest.approx(0.5)


def test_an_order_drawn_among_the_tied_agrees_on_average() -> None:
    rng = np.random.default_rng(0)
    scores, actual = rng.integers(0, 5, 60), rng.random(60) < 0.3
    drawn = []
    for _ in range(4000):
        order = np.lexsort((rng.random(60), -scores))
        drawn.append(actual[order[:12]].sum() / actual.sum())
    assert caught(scores, actual, 0.2) == pytest.approx(np.mean(drawn), abs=0.01)


def test_nothing_to_catch() -> None:
    assert math.isnan(caught([1.0, 2.0], [0, 0], 0.5))
