"""Scores that rank, compared with scikit-learn, and with ties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from octad.metrics import ranking

# Few distinct scores, so that ties are common.
scored = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40)


@settings(max_examples=15, deadline=None)
@given(scored)
def test_auc_agrees_with_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    scores, true = (list(column) for column in zip(*pairs, strict=True))
    if len(set(true)) < 2:
        assert math.isnan(ranking.auc(scores, true))
        return
    assert ranking.auc(scores, true) == pytest.approx(reference.roc_auc_score(true, scores))


def test_pairs_count_ties_as_half() -> None:
    assert ranking.pairwise_accuracy([3, 1, 2, 0], [1, 3, 2, -1]) == pytest.approx(2.5 / 4)
    assert math.isnan(ranking.pairwise_accuracy([], []))


def test_rank_of_the_first_right_item() -> None:
    assert ranking.rank_of_first([0.1, 0.9, 0.5], [True, False, False]) == 3
    assert ranking.rank_of_first([0.1, 0.9, 0.5], [True, False, True]) == 2
    assert ranking.rank_of_first([0.1, 0.9], [False, False]) == math.inf


def test_a_constant_score_gets_the_rank_of_chance() -> None:
    """Draw random orders of five equal items with two right ones: the mean rank is the stated one."""
    generator = np.random.default_rng(0)
    true = np.array([True, False, True, False, False])
    drawn = [1 + int(np.argmax(true[generator.permutation(5)])) for _ in range(4000)]
    assert ranking.rank_of_first(np.zeros(5), true) == pytest.approx(np.mean(drawn), abs=0.05)


def test_top_k_hits_and_reciprocal_rank() -> None:
    found_at = [1, 3, math.inf, 2]
    assert [ranking.top_k(found_at, k) for k in (1, 2, 3)] == [0.25, 0.5, 0.75]
    assert ranking.mean_reciprocal_rank(found_at) == pytest.approx((1 + 1 / 3 + 0 + 1 / 2) / 4)
    assert ranking.hits([4, 7, 9], {9}, 3)
    assert not ranking.hits([4, 7, 9], {9}, 2)
    assert ranking.top_k([], 1) == ranking.mean_reciprocal_rank([]) == 0
