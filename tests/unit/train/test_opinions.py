"""Trees that were fitted say in tensors what they say where they were fitted."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.ensemble import HistGradientBoostingClassifier

from octad.nn.trees import DEPTH, LEAVES, TREES, Trees
from octad.train.opinions import Rows, fit_trees


def test_tensors_and_library_agree() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(1_500, 6)).astype(np.float32)
    truth = numbers[:, 0] * numbers[:, 1] + numbers[:, 2] > 0.3
    trees = Trees()
    fit_trees(trees, Rows(numbers, truth))
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=TREES, max_leaf_nodes=LEAVES, max_depth=DEPTH, min_samples_leaf=100,
        max_features=0.15, l2_regularization=10, early_stopping=False, random_state=0,
    ).fit(numbers, truth)  # fmt: skip
    said = trees(torch.from_numpy(numbers)).numpy()
    assert np.abs(said - model.decision_function(numbers)).max() < 1e-4
    assert ((said > 0) == truth).mean() > 0.8


def test_fitting_again_forgets_the_trees_before() -> None:
    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(800, 3)).astype(np.float32)
    trees, other = Trees(), Trees()
    fit_trees(trees, Rows(numbers, numbers[:, 0] > 0))
    for one in (trees, other):
        fit_trees(one, Rows(numbers, numbers[:, 1] > 0))
    assert all(torch.equal(a, b) for a, b in zip(trees.buffers(), other.buffers(), strict=True))
