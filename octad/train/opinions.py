"""Second opinions: boosted trees on the numbers of one item, stacked with the head that learned beside them.

Few numbers and a yes or no are what trees are best at; words and relations are what the transformer adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray

from octad.agent import Agent
from octad.evaluate.figures import Labelled
from octad.fusion.joined import PreparedCase
from octad.modalities.pieces import Pieces
from octad.model import Model
from octad.nn.trees import ALONE, DEPTH, LEAVES, NODES, TREES, Opinion, Trees
from octad.train.assemble import runner_of, width_of
from octad.train.stream import Source

Floats = NDArray[np.float32]
ROWS, FEWEST, FEWEST_HELD = 25_000, 2_000, 100
"""Labelled cases that trees are fitted on, and without how many trees, or weights, stay as they are."""
SEED = 17


class Rows(NamedTuple):
    """Numbers of the item `[R, N]` and whether it is so `[R]`."""

    numbers: Floats
    truth: NDArray[np.bool_]


def consult(
    agent: Agent[Any, Any], model: Model, pieces: Pieces, source: Source, held_out: Labelled, rows: int = ROWS
) -> None:
    """Fit the trees of every second opinion on a source, and their weight on held-out cases."""
    for head in agent.fusion.opinions:
        opinion: Opinion = model.core.opinions[head]
        found = list(islice(_known(agent, source, head, pieces), rows))
        if len(found) >= FEWEST:
            numbers, truth = zip(*found, strict=True)
            fit_trees(opinion.trees, Rows(np.stack(numbers), np.array(truth)))
        stack(agent, model, head, pieces, held_out)


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


def stack(agent: Agent[Any, Any], model: Model, head: str, pieces: Pieces, held_out: Labelled) -> None:
    """Weigh the logit of the head and that of the trees by logistic regression on held-out cases."""
    from sklearn.linear_model import LogisticRegression

    opinion: Opinion = model.core.opinions[head]
    runner = runner_of(agent, model.eval(), pieces, width_of(model))
    labels = [(case, getattr(label, head)) for case, label in held_out if getattr(label, head) is not None]
    made = [(cast(PreparedCase, runner.prepare(case)), is_so) for case, is_so in labels]
    held = [(unit, row, is_so) for unit, is_so in made if (row := _row(agent, unit, head)) is not None]
    truth = np.array([is_so for _, _, is_so in held], np.bool_)
    if len(held) < FEWEST_HELD or truth.all() or not truth.any():
        return
    opinion.weight.copy_(torch.tensor(ALONE))
    logits = [float(outputs[head][0][0]) for outputs in runner.run([unit for unit, _, _ in held])]
    with torch.inference_mode():
        said = opinion.trees(
            torch.from_numpy(np.stack([row for _, row, _ in held])).to(opinion.weight.device)
        )
    fitted = LogisticRegression(C=1.0).fit(np.column_stack([logits, said.double().cpu().numpy()]), truth)
    weight = [*fitted.coef_[0].clip(min=0.0).tolist(), float(fitted.intercept_[0])]
    opinion.weight.copy_(torch.tensor(weight))


def _row(agent: Agent[Any, Any], unit: PreparedCase, head: str) -> Floats | None:
    """The numbers that the trees of a head read, where the case has the item."""
    stream = agent.fusion.opinions[head]
    first = next((part.first for part in unit.parts if part.name == stream), None)
    return None if first is None else unit.numbers[first]


def _known(
    agent: Agent[Any, Any], source: Source, head: str, pieces: Pieces
) -> Iterator[tuple[Floats, bool]]:
    """Numbers and truth of the cases that are labelled and have the item, of so many that are asked for."""
    stream = agent.fusion.opinions[head]
    others = set(agent.case.model_fields) - set(agent.inputs[stream].fields or (stream,))
    for case, label in islice(source.stream(SEED, 0, 1), 4 * ROWS):
        is_so = getattr(label, head)
        if is_so is None:
            continue
        alone = case.model_copy(update=dict.fromkeys(others))
        unit = cast(PreparedCase, agent.fusion.prepare(alone, agent.inputs, pieces))
        row = _row(agent, unit, head)
        if row is not None:
            yield row, bool(is_so)
