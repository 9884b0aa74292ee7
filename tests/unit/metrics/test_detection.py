"""Multi-label figures, compared with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from octad.metrics.detection import finding_scores, line_scores


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn_on_labels_that_occur(seed: int) -> None:
    generator = np.random.default_rng(seed)
    said, true = generator.random((2, 50, 4)) < 0.3
    scores = line_scores(said, true)
    assert scores.precision == pytest.approx(precision_score(true, said, average="micro"))
    assert scores.recall == pytest.approx(recall_score(true, said, average="micro"))
    assert scores.f1 == pytest.approx(f1_score(true, said, average="micro"))
    assert scores.macro_f1 == pytest.approx(f1_score(true, said, average="macro"))


def test_labels_that_never_occur_do_not_lift_the_mean() -> None:
    said = np.array([[True, False], [True, False]])
    true = np.array([[True, False], [False, False]])
    assert line_scores(said, true).macro_f1 == pytest.approx(2 / 3)
    assert line_scores(~true & False, true & False) == (0, 0, 0, 0)


def test_sets_give_the_same_as_matrices() -> None:
    said = {(1, "a"), (2, "a"), (3, "b")}
    true = {(1, "a"), (3, "c")}
    matrices = np.zeros((2, 4, 3), dtype=bool)
    for matrix, pairs in zip(matrices, (said, true), strict=True):
        for line, label in pairs:
            matrix[line, "abc".index(label)] = True
    assert finding_scores(said, true) == line_scores(*matrices)
    assert finding_scores([], []) == (0, 0, 0, 0)


def test_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        line_scores(np.zeros((2, 3)), np.zeros((3, 2)))
