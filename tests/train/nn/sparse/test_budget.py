"""What an input may spend follows from its length and the reach of its relations."""

from __future__ import annotations

import torch
from torch import Tensor

from octad_train.nn.sparse.budget import DENSE, NEIGHBOURS, RADII, budget_of

LONG = 4 * DENSE


def pairs(*distances: int, row: int = 0) -> Tensor:
    """One source per distance, a pair each."""
    return torch.tensor([[row, 1000 + n, 1000 + n + d] for n, d in enumerate(distances)]).reshape(-1, 3)


def chosen(items: int, edges: Tensor) -> tuple[int, int]:
    mask = torch.zeros(1, LONG, dtype=torch.bool)
    mask[0, :items] = True
    radius, neighbours = budget_of(mask, edges)
    return int(radius), int(neighbours)


def test_short_inputs_look_at_everything() -> None:
    assert chosen(DENSE, pairs(3))[0] >= DENSE - 1
    assert chosen(DENSE + 1, pairs(3))[0] == RADII[0]


def test_without_relations_the_least_is_spent() -> None:
    assert chosen(LONG, pairs()) == (RADII[0], NEIGHBOURS[0])


def test_the_radius_follows_the_reach() -> None:
    near, far = RADII[0], RADII[1]
    assert chosen(LONG, pairs(*[near] * 10))[0] == RADII[0]
    assert chosen(LONG, pairs(*[far] * 10))[0] == RADII[1]
    assert chosen(LONG, pairs(*[near] * 19, far))[0] == RADII[0]
    assert chosen(LONG, pairs(*[10 * far] * 10))[0] == RADII[-1]


def test_neighbours_follow_how_many_far_targets_an_item_has() -> None:
    few, many = NEIGHBOURS[0], NEIGHBOURS[1]
    fan = torch.tensor([[0, 1, 2000 + n] for n in range(many)])
    assert chosen(LONG, fan[:few])[1] == few
    assert chosen(LONG, fan)[1] == many
    assert chosen(LONG, torch.tensor([[0, 1, 2000 + n] for n in range(100)]))[1] == NEIGHBOURS[-1]


def test_rows_are_judged_alone() -> None:
    mask = torch.ones(2, LONG, dtype=torch.bool)
    mask[1, 100:] = False
    radius, _ = budget_of(mask, torch.cat([pairs(*[RADII[1]] * 9), pairs(5, row=1)]))
    assert radius.tolist() == [RADII[1], DENSE]
