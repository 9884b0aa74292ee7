"""Trees in tensors, and a logit stacked with them."""

from __future__ import annotations

import torch

from octad.nn.stacked_trees import NODES, StackedLogit, Trees


def stump(trees: Trees, number: int, column: int, threshold: float, values: tuple[float, float]) -> None:
    """One split in the tree of a number."""
    first = number * NODES
    trees.column[first], trees.threshold[first] = column, threshold
    trees.low[first], trees.high[first] = first + 1, first + 2
    trees.value[first + 1], trees.value[first + 2] = values


def test_new_trees_say_nothing() -> None:
    assert Trees()(torch.randn(5, 3)).tolist() == [0.0] * 5


def test_each_tree_gives_one_leaf() -> None:
    trees = Trees()
    stump(trees, 0, 1, 0.5, (-1.0, 2.0))
    stump(trees, 3, 0, 0.0, (10.0, 20.0))
    rows = torch.tensor([[-1.0, 0.5], [-1.0, 0.6], [1.0, 0.0]])
    assert trees(rows).tolist() == [9.0, 12.0, 19.0]


def test_a_stacked_logit_reads_the_first_kind_of_its_stream_and_only_where_it_is_shown() -> None:
    stacked = StackedLogit(2, ["risk"])
    stump(stacked.trees, 0, 0, 0.0, (-3.0, 3.0))
    features = torch.tensor([[[0, 0], [2, 0], [2, 1], [1, 0]]], dtype=torch.uint8).expand(3, -1, -1)
    numbers = torch.tensor([[9.0, 1.0, -9.0, -9.0], [9.0, -1.0, 9.0, 9.0], [9.0, 1.0, 9.0, 9.0]])[..., None]
    mask = torch.ones(3, 4, dtype=torch.bool)
    mask[2, 1] = False
    logit = torch.full((3, 1), 0.5)
    assert stacked(logit, features, numbers, mask)[:, 0].tolist() == [0.5] * 3
    stacked.weight.copy_(torch.tensor([[9.0, 9.0, 9.0], [2.0, 1.0, 0.25]]))
    assert stacked(logit, features, numbers, mask)[:, 0].tolist() == [4.25, -1.75, 0.5]
    inputs = {"features": features, "numbers": numbers, "mask": mask}
    assert stacked.corrected("risk", (logit,), inputs)[0][:, 0].tolist() == [4.25, -1.75, 0.5]
    assert stacked.corrected("other", (logit,), inputs)[0] is logit


def test_numbers_alone_and_numbers_beside_other_items_are_weighed_apart() -> None:
    stacked = StackedLogit(1, ["risk"])
    stump(stacked.trees, 0, 0, 0.0, (-3.0, 3.0))
    stacked.weight.copy_(torch.tensor([[1.0, 0.0, 10.0], [0.0, 1.0, 20.0]]))
    features = torch.tensor([[[1, 0], [1, 1]], [[1, 0], [2, 1]], [[1, 0], [1, 1]]], dtype=torch.uint8)
    mask = torch.tensor([[True, True], [True, True], [True, False]])
    logits = stacked(torch.ones(3, 1), features, torch.ones(3, 2, 1), mask)
    assert logits[:, 0].tolist() == [23.0, 11.0, 11.0]
