"""Decisions against the truth, compared with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from octad_train.metrics.classification import Confusion, confusion

decisions = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=15, deadline=None)
@given(decisions)
def test_agrees_with_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    said, true = (list(column) for column in zip(*pairs, strict=True))
    counts = confusion(said, true)
    matrix = reference.confusion_matrix(true, said, labels=[False, True]).ravel()
    assert (
        counts.true_negative,
        counts.false_positive,
        counts.false_negative,
        counts.true_positive,
    ) == tuple(matrix)
    assert counts.accuracy == pytest.approx(reference.accuracy_score(true, said))
    for name in ("precision", "recall", "f1"):
        wanted = getattr(reference, f"{name}_score")(true, said, zero_division=0)
        assert getattr(counts, name) == pytest.approx(wanted)


def test_youden_is_zero_for_a_constant_and_one_when_perfect() -> None:
    true = np.array([1, 0, 0, 1])
    assert confusion(np.ones(4), true).youden == 0
    assert confusion(true, true).youden == 1
    assert confusion(1 - true, true).youden == -1


def test_empty_denominators_give_zero() -> None:
    empty = Confusion(0, 0, 0, 0)
    assert (empty.accuracy, empty.precision, empty.recall, empty.f1, empty.youden) == (0,) * 5


def test_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        confusion([True], [True, False])
