"""Against a choice worked out row by row, in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from octad_train.losses.ranking import choice_loss

CANDIDATES = [{0, 1, 2}, {0, 2, 4}, {0}, {0, 1, 2, 3, 4}]


def table(rows: list[set[int]]) -> Tensor:
    return torch.tensor([[item in row for item in range(5)] for row in rows])


def plainly(scores: Tensor, right: list[set[int]], known: list[int]) -> float:
    losses = []
    for row, (good, is_known) in enumerate(zip(right, known, strict=True)):
        if is_known:
            weights = {i: math.exp(scores[row, i].item()) for i in CANDIDATES[row]}
            losses.append(-math.log(sum(weights[i] for i in good) / sum(weights.values())))
    return sum(losses) / max(len(losses), 1)


@pytest.mark.parametrize(
    ("right", "known"),
    [
        ([{1}, {0}, {0}, {3}], [1, 1, 1, 1]),
        ([{1, 2}, {2, 4}, {0}, {0, 1, 2, 3, 4}], [1, 1, 1, 1]),
        ([set(), {4}, set(), {1, 2}], [0, 1, 0, 1]),
        ([set(), set(), set(), set()], [0, 0, 0, 0]),
    ],
)
def test_equals_the_plain_loss(right: list[set[int]], known: list[int]) -> None:
    torch.manual_seed(0)
    scores = 3 * torch.randn(4, 5)
    found = choice_loss(scores, table(CANDIDATES), table(right), torch.tensor(known).float()).item()
    assert found == pytest.approx(plainly(scores, right, known), rel=1e-5, abs=1e-5)


def test_what_is_no_candidate_and_rows_unknown_get_no_gradient() -> None:
    torch.manual_seed(0)
    scores = torch.randn(4, 5, requires_grad=True)
    right = table([{1}, {2}, {0}, set()])
    choice_loss(scores, table(CANDIDATES), right, torch.tensor([1.0, 1.0, 0.0, 0.0])).backward()
    assert scores.grad is not None and scores.grad.isfinite().all()
    pulled = [set(row.nonzero().flatten().tolist()) for row in scores.grad]
    assert pulled == [{0, 1, 2}, {0, 2, 4}, set(), set()]


def test_learning_raises_the_right_ones() -> None:
    scores = torch.zeros(1, 5, requires_grad=True)
    choice_loss(scores, table([{0, 1, 2}]), table([{1}]), torch.ones(1)).backward()
    assert scores.grad is not None
    assert scores.grad[0].tolist() == pytest.approx([1 / 3, -2 / 3, 1 / 3, 0.0, 0.0])
