"""Trees say in tensors what they say where they were fitted, and count by what held-out cases show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.ensemble import HistGradientBoostingClassifier

from octad import catalog
from octad.encoders.word_pieces import WordPieces
from octad.extensions.stacked_trees import StackedTrees
from octad.metrics.ranking import auc
from octad.nn.stacked_trees import DEPTH, LEAVES, TREES, UNSTACKED, StackedLogit, Trees
from octad.records.change import Change
from octad_train.train import stacked_trees
from octad_train.train.assemble import runner_of
from octad_train.train.objective import Objective
from octad_train.train.stacked_trees import Rows, fit_stacked_trees, fit_trees, weighed
from tests import tiny

AGENT, EXTENSION = next(
    (agent, one)
    for agent in (catalog.load(entry.name) for entry in catalog.entries())
    for one in agent.extensions
    if isinstance(one, StackedTrees)
)
"""The agent that stacks trees with a head."""


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


class Changes:
    """Defective changes with large numbers, others with small ones; now and then nobody knows."""

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Any, Any]]:
        rng = np.random.default_rng(seed)
        while True:
            defective = bool(rng.random() < 0.5)
            number = float(rng.integers(200, 400) if defective else rng.integers(1, 100))
            case = AGENT.case(change=Change(files=(), past=(number,) * 8))
            yield case, AGENT.label(risk=defective if rng.random() < 0.9 else None)


@pytest.fixture
def objective(tmp_path: Path) -> Objective:
    return Objective(AGENT, tiny.model(AGENT, tmp_path))


def pieces_of(folder: Path) -> WordPieces:
    return WordPieces(folder / "backbone")


def held_out(count: int) -> list[tuple[Any, Any]]:
    return list(islice(Changes().stream(99, 0, 1), count))


def network(objective: Objective) -> StackedLogit:
    found = objective.model.core.extensions[EXTENSION.name]
    assert isinstance(found, StackedLogit)
    return found


def test_trees_are_fitted_on_the_source_and_weighed_on_cases_held_out(
    objective: Objective, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacked_trees, "FEWEST", 300)
    cases = held_out(150)
    pieces = pieces_of(tmp_path)
    fit_stacked_trees(objective, pieces, Changes(), cases, rows=400)
    assert network(objective).trees.value.any()
    alone, beside = network(objective).weight.tolist()
    assert alone[1] > 0, "what the trees say counts"
    assert beside == list(UNSTACKED), "no case has more than numbers"
    runner = runner_of(AGENT, objective.model, pieces)
    known = [(case, label.risk) for case, label in cases if label.risk is not None]
    chances = np.array([answer.risk for answer in runner.answers([case for case, _ in known])])
    assert auc(chances, np.array([is_so for _, is_so in known])) > 0.99


def test_too_few_cases_leave_trees_and_weights_as_they_are(objective: Objective, tmp_path: Path) -> None:
    before = {name: one.clone() for name, one in network(objective).state_dict().items()}
    fit_stacked_trees(objective, pieces_of(tmp_path), Changes(), held_out(30), rows=100)
    assert all(torch.equal(one, before[name]) for name, one in network(objective).state_dict().items())


def test_cases_of_one_kind_alone_leave_the_weights_as_they_are(objective: Objective, tmp_path: Path) -> None:
    cases = [pair for pair in held_out(400) if pair[1].risk]
    assert len(cases) > stacked_trees.FEWEST_HELD
    fit_stacked_trees(objective, pieces_of(tmp_path), Changes(), cases, rows=100)
    assert network(objective).weight.tolist() == [list(UNSTACKED)] * 2


def test_a_logit_that_counts_against_what_it_says_does_not_count() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(400) < 0.5
    good = truth * 2.0 - 1 + rng.normal(size=400)
    head, trees, constant = weighed(np.column_stack([-good, good + rng.normal(size=400)]), truth)
    assert head == 0 and trees > 0 and np.isfinite(constant)
    assert weighed(np.column_stack([good, good])[:20], truth[:20]) == UNSTACKED
