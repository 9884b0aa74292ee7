"""The pointer loss against one that does every row and every name by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from octad_train.losses.pointer import candidate_mask, location_loss, repair_loss

L, V, K = 6, 5, 4
# Row 0: variables a b a (items 1 2 4), an attribute alone (3); row 1: one variable only, edits at item 2.
ROLE = torch.tensor([[0, 1, 1, 2, 1, 0], [0, 1, 0, 0, 1, 0], [0, 1, 1, 0, 0, 0]], dtype=torch.uint8)
NAME = torch.tensor([[-1, 0, 1, 2, 0, -1], [-1, 5, -1, -1, 5, -1], [-1, 0, 1, -1, -1, -1]], dtype=torch.int32)
ALLOWED = torch.tensor([[0, 1, 3], [0, 2, 3], [0, 5, 2], [1, 2, 1], [1, 2, 4]], dtype=torch.int32)


def targets(truth: list[list[int]]) -> dict[str, Tensor]:
    return {"truth": torch.tensor(truth), "role": ROLE, "name": NAME, "allowed": ALLOWED}


@pytest.fixture
def outputs() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randn(3, L), torch.randn(3, L, V), torch.randn(3, L, K), torch.randn(3, L, K)


def plain_candidates(row: int) -> list[int]:
    found = {0} | {item for at, item, _ in ALLOWED.tolist() if at == row}
    for item in range(L):
        rivals = [j for j in range(L) if ROLE[row, j] == ROLE[row, item] and NAME[row, j] != NAME[row, item]]
        if ROLE[row, item] and rivals:
            found.add(item)
    return sorted(found)


def plain_location(location: Tensor, truth: list[list[int]]) -> float:
    losses = []
    for row, (item, _, _) in enumerate(truth):
        if item >= 0:
            scores = {i: math.exp(location[row, i]) for i in plain_candidates(row)}
            losses.append(-math.log(scores[item] / sum(scores.values())))
    return sum(losses) / max(len(losses), 1)


def plain_repair(edit: Tensor, query: Tensor, key: Tensor, truth: list[list[int]]) -> float:
    losses = []
    for row, (item, right, name) in enumerate(truth):
        if item <= 0:
            continue
        scores: dict[tuple[str, int], float] = {}
        for at, place, one in ALLOWED.tolist():
            if (at, place) == (row, item):
                scores["edit", one] = math.exp(edit[row, item, one])
        for other in range(L):
            same = ROLE[row, item] and ROLE[row, other] == ROLE[row, item]
            if same and NAME[row, other] != NAME[row, item]:
                scores["name", other] = math.exp(float(query[row, item] @ key[row, other]) / K**0.5)
        good = sum(
            score
            for (kind, which), score in scores.items()
            if (kind == "edit" and name < 0 and which == right)
            or (kind == "name" and name >= 0 and NAME[row, which] == name)
        )
        losses.append(-math.log(good / sum(scores.values())))
    return sum(losses) / max(len(losses), 1)


TRUTHS = [
    [[2, 0, 0], [2, 4, -1], [0, -1, -1]],
    [[1, 3, -1], [-1, -1, -1], [1, 0, 1]],
    [[-1, -1, -1], [0, -1, -1], [-1, -1, -1]],
    [[5, 2, -1], [2, 1, -1], [2, 0, 0]],
]


@pytest.mark.parametrize("truth", TRUTHS)
def test_equals_the_plain_loss(outputs: tuple[Tensor, ...], truth: list[list[int]]) -> None:
    location, edit, query, key = outputs
    assert location_loss(location, targets(truth)).item() == pytest.approx(
        plain_location(location, truth), 1e-4
    )
    found = repair_loss(edit, query, key, targets(truth)).item()
    assert found == pytest.approx(plain_repair(edit, query, key, truth), 1e-4)


def test_candidates() -> None:
    possible = candidate_mask(targets(TRUTHS[0]))
    assert [row.nonzero().flatten().tolist() for row in possible] == [
        plain_candidates(row) for row in range(3)
    ]
    assert plain_candidates(0) == [0, 1, 2, 4, 5] and plain_candidates(1) == [0, 2]


def test_rows_without_labels_change_nothing(outputs: tuple[Tensor, ...]) -> None:
    location, edit, query, key = outputs
    truth = targets([[2, 0, 0], [-1, -1, -1], [-1, -1, -1]])
    before = location_loss(location, truth) + repair_loss(edit, query, key, truth)
    for tensor in outputs:
        tensor[1:] += torch.randn_like(tensor[1:])
    after = location_loss(location, truth) + repair_loss(edit, query, key, truth)
    assert before.item() == after.item()


def test_no_label_at_all_is_zero_and_can_be_differentiated(outputs: tuple[Tensor, ...]) -> None:
    location, edit, query, key = (tensor.requires_grad_() for tensor in outputs)
    truth = targets([[-1, -1, -1]] * 3)
    loss = location_loss(location, truth) + repair_loss(edit, query, key, truth)
    loss.backward()
    assert loss.item() == 0.0
    assert location.grad is not None and not location.grad.any()


def test_the_right_name_is_pulled_wherever_it_stands(outputs: tuple[Tensor, ...]) -> None:
    _, edit, query, key = (tensor.requires_grad_() for tensor in outputs)
    repair_loss(edit, query, key, targets([[2, 0, 0], [-1, -1, -1], [-1, -1, -1]])).backward()
    assert key.grad is not None
    assert (key.grad.abs().sum(-1) > 0).nonzero().tolist() == [[0, 1], [0, 4]]
