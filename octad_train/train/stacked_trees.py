"""Boosted trees on the numbers of items, stacked with the head that learned beside them.

Few numbers and a yes or no are what trees are best at; texts and relations are what the transformer adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from octad.agents.agent import Agent
from octad.calibration.fit import Labelled
from octad.encoders.word_pieces import WordPieces
from octad.extensions.stacked_trees import StackedItemTrees, StackedTrees
from octad.nn.stacked_trees import (
    DEPTH,
    LEAVES,
    NODES,
    SORTS,
    TREES,
    UNSTACKED,
    StackedItems,
    StackedLogit,
    Trees,
)
from octad_train.train.objective import Objective
from octad_train.train.run import runner_in_training
from octad_train.train.stream import Source

Floats = NDArray[np.float32]
ROWS, FEWEST, FEWEST_HELD = 25_000, 2_000, 100
"""Labelled cases that trees are fitted on, and without how many trees, or weights, stay as they are."""
ITEMS = 60_000
"""Labelled items that trees of items are fitted on."""
SEED = 17


class Rows(NamedTuple):
    """Numbers of the item `[R, K]` and whether it is so `[R]`."""

    numbers: Floats
    truth: NDArray[np.bool_]


def fit_stacked_trees(
    objective: Objective, pieces: WordPieces, source: Source, held_out: Labelled, rows: int = ROWS
) -> None:
    """Fit the trees of every extension of the kind on a source, and their weight on held-out cases."""
    for extension in objective.agent.extensions:
        if isinstance(extension, StackedTrees):
            network = objective.model.core.extensions[extension.name]
            assert isinstance(network, StackedLogit)
            found = list(islice(_known(objective.agent, extension, source, pieces), rows))
            if len(found) >= FEWEST:
                numbers, truth = zip(*found, strict=True)
                fit_trees(network.trees, Rows(np.stack(numbers), np.array(truth)))
            stack(objective, extension, network, pieces, held_out)
        if isinstance(extension, StackedItemTrees):
            items = objective.model.core.extensions[extension.name]
            assert isinstance(items, StackedItems)
            cases = islice(source.stream(SEED, 0, 1), 4 * ROWS)
            known = _items(objective.agent, extension, cases, pieces)
            parts = list(_until(known, ITEMS))
            if sum(len(part.truth) for part in parts) >= FEWEST:
                learned = _joined(parts)
                fit_trees(items.trees, learned)
                stack_items(objective, extension, items, pieces, held_out)


def fit_trees(trees: Trees, rows: Rows) -> None:
    """Boost small trees on the rows and copy them into the tensors.

    Few columns for each split and a hundred rows in each leaf: what noisy labels bear (`design/0009`).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=TREES, max_leaf_nodes=LEAVES, max_depth=DEPTH, min_samples_leaf=100,
        max_features=0.15, l2_regularization=10, early_stopping=False, random_state=0,
    ).fit(rows.numbers, rows.truth)  # fmt: skip
    trees.load_state_dict(Trees().state_dict())
    for number, (predictor,) in enumerate(model._predictors):
        _copy(trees, number * NODES, predictor.nodes)
    # The base rate is shared among the roots' leaves: every row ends in one leaf of each tree.
    leaves = trees.low == torch.arange(len(trees.low), dtype=torch.int32)
    trees.value += leaves * float(model._baseline_prediction.item()) / TREES


def _copy(trees: Trees, first: int, nodes: Any) -> None:
    """The nodes of one tree, from place `first` on."""
    own = slice(first, first + len(nodes))
    leaf = nodes["is_leaf"].astype(bool)
    itself = np.arange(first, first + len(nodes))
    for name, values in (
        ("column", np.where(leaf, 0, nodes["feature_idx"])),
        ("threshold", np.where(leaf, 0.0, nodes["num_threshold"])),
        ("low", np.where(leaf, itself, first + nodes["left"].astype(np.int64))),
        ("high", np.where(leaf, itself, first + nodes["right"].astype(np.int64))),
        ("value", np.where(leaf, nodes["value"], 0.0)),
    ):
        held = getattr(trees, name)
        held[own] = torch.from_numpy(np.ascontiguousarray(values)).to(held.dtype)


def stack(
    objective: Objective,
    extension: StackedTrees,
    network: StackedLogit,
    pieces: WordPieces,
    held_out: Labelled,
) -> None:
    """Weigh the logit of the head and that of the trees on held-out cases; texts count apart."""
    (head,) = extension.heads
    objective.eval()
    runner = runner_in_training(objective, pieces)
    labels = [(case, getattr(label, head)) for case, label in held_out if getattr(label, head) is not None]
    made = [(runner.prepare(case), is_so) for case, is_so in labels]
    held = [(unit, row, is_so) for unit, is_so in made if (row := extension.row(unit)) is not None]
    if len(held) < FEWEST_HELD:
        return
    network.weight.copy_(torch.tensor([UNSTACKED] * SORTS))
    logits = [float(outputs[head][0][0]) for outputs in runner.run([unit for unit, _, _ in held])]
    with torch.inference_mode():
        rows = torch.from_numpy(np.stack([row for _, row, _ in held])).to(network.weight.device)
        said = network.trees(rows).double().cpu().numpy()
    numbers, truth = np.column_stack([logits, said]), np.array([is_so for _, _, is_so in held], np.bool_)
    sorts = np.array([extension.sort(unit) for unit, _, _ in held])
    network.weight.copy_(
        torch.tensor([weighed(numbers[sorts == sort], truth[sorts == sort]) for sort in range(SORTS)])
    )


def weighed(logits: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, ...]:
    """Weights of two logits `[R, 2]` and a constant by logistic regression; unstacked where few are known.

    A logit that would count against what it says does not count.
    """
    from sklearn.linear_model import LogisticRegression

    if len(truth) < FEWEST_HELD or truth.all() or not truth.any():
        return UNSTACKED
    used = [0, 1]
    fitted = LogisticRegression(C=1.0).fit(logits, truth)
    if fitted.coef_.min() < 0:
        used = [int(fitted.coef_.argmax())]
        fitted = LogisticRegression(C=1.0).fit(logits[:, used], truth)
    weight = np.zeros(3)
    weight[used], weight[2] = fitted.coef_[0].clip(min=0.0), fitted.intercept_[0]
    return tuple(weight.tolist())


def _known(
    agent: Agent[Any, Any], extension: StackedTrees, source: Source, pieces: WordPieces
) -> Iterator[tuple[Floats, bool]]:
    """Numbers and truth of the cases that are labelled and have the item, of so many that are asked for."""
    (head,) = extension.heads
    others = set(agent.case.model_fields) - set(agent.inputs[extension.input].fields or (extension.input,))
    for case, label in islice(source.stream(SEED, 0, 1), 4 * ROWS):
        is_so = getattr(label, head)
        if is_so is None:
            continue
        row = extension.row(agent.prepare(case.model_copy(update=dict.fromkeys(others)), pieces))
        if row is not None:
            yield row, bool(is_so)


def stack_items(
    objective: Objective,
    extension: StackedItemTrees,
    network: StackedItems,
    pieces: WordPieces,
    held_out: Labelled,
) -> None:
    """Weigh the logits of the head and those of the trees on labelled items of held-out cases."""
    (head,) = extension.heads
    objective.eval()
    runner = runner_in_training(objective, pieces)
    network.weight.copy_(torch.tensor(UNSTACKED))
    held = [(case, label) for case, label in held_out if getattr(label, head)]
    if not held:
        return
    asked = objective.agent.heads[head]
    units = [runner.prepare(case) for case, _ in held]
    logits = []
    for unit, (_, label), outputs in zip(units, held, runner.run(units), strict=True):
        pairs = asked.calibration_pairs(outputs[head], getattr(label, head), unit)
        logits += [] if pairs is None else [pairs[0]]
    joined = _joined(list(_items(objective.agent, extension, held, pieces)))
    with torch.inference_mode():
        numbers = torch.from_numpy(joined.numbers).to(network.weight.device)
        said = network.trees(numbers).double().cpu().numpy()
    pairs_of = np.column_stack([np.concatenate(logits), said])
    network.weight.copy_(torch.tensor(weighed(pairs_of, joined.truth)))


def _items(
    agent: Agent[Any, Any],
    extension: StackedItemTrees,
    cases: Iterable[tuple[Any, Any]],
    pieces: WordPieces,
) -> Iterator[Rows]:
    """Numbers and truth of the labelled items of every case that has any."""
    (name,) = extension.heads
    head = agent.heads[name]
    for case, label in cases:
        unit = agent.prepare(case, pieces)
        truth = head.target(getattr(label, name), unit)["truth"]
        if (truth >= 0).any():
            yield Rows(unit.numbers[truth >= 0], truth[truth >= 0].astype(np.bool_))


def _until(parts: Iterable[Rows], most: int) -> Iterator[Rows]:
    """Parts until there are so many rows."""
    count = 0
    for part in parts:
        yield part
        count += len(part.truth)
        if count >= most:
            return


def _joined(parts: Sequence[Rows]) -> Rows:
    """The rows of all parts."""
    return Rows(
        np.concatenate([part.numbers for part in parts]), np.concatenate([part.truth for part in parts])
    )
