"""Which pairs a pattern keeps."""

from __future__ import annotations

import torch

from octad_train.nn.sparse.budget import Budget
from octad_train.nn.sparse.pattern import Pairs, pairs_of, pattern_of

ITEMS = 12
EVERY = torch.ones(2, ITEMS, dtype=torch.bool)


def edges(*rows: tuple[int, int, int, int]) -> Pairs:
    return pairs_of(torch.tensor(rows, dtype=torch.int32).reshape(-1, 4), ITEMS, 3)


def budget(radius: int, neighbours: int) -> Budget:
    return Budget(torch.tensor([radius, radius]), torch.tensor([neighbours, neighbours]))


def kept(pairs: Pairs, chosen: Budget, **options: int) -> list[tuple[int, ...]]:
    return [tuple(pair) for pair in pattern_of(EVERY, pairs, chosen, **options).pairs.at.tolist()]


def test_edges_between_the_same_items_are_one_pair() -> None:
    pairs = edges((1, 2, 9, 0), (0, 5, 1, 2), (0, 5, 1, 0), (0, 5, 1, 0))
    assert pairs.at.tolist() == [[0, 5, 1], [1, 2, 9]]
    assert pairs.kinds.tolist() == [[1, 0, 1], [1, 0, 0]]


def test_no_edges_are_no_pairs() -> None:
    pattern = pattern_of(EVERY, edges(), budget(2, 4))
    assert len(pattern.pairs.at) == 0 and pattern.pairs.kinds.shape == (0, 3)


def test_far_pairs_are_kept_up_to_the_budget_and_the_nearest_first() -> None:
    pairs = edges((0, 1, 2, 0), (0, 1, 8, 0), (0, 1, 11, 0), (0, 1, 6, 0), (0, 9, 3, 0))
    assert kept(pairs, budget(2, 2)) == [(0, 1, 2), (0, 1, 6), (0, 1, 8), (0, 9, 3)]
    assert kept(pairs, budget(2, 0)) == [(0, 1, 2)]


def test_two_relations_weigh_more_than_nearness() -> None:
    pairs = edges((0, 1, 5, 0), (0, 1, 11, 0), (0, 1, 11, 2))
    assert kept(pairs, budget(2, 1)) == [(0, 1, 11)]


def test_pairs_with_shared_items_cost_nothing() -> None:
    pairs = edges((0, 9, 0, 0), (0, 0, 10, 0), (0, 1, 10, 0))
    assert kept(pairs, budget(2, 0)) == [(0, 0, 10), (0, 9, 0)]
    assert kept(pairs, budget(2, 0), shared=0) == []


def test_nothing_leads_to_an_item_that_is_not_there() -> None:
    mask = EVERY.clone()
    mask[0, 3:] = False
    pairs = edges((0, 2, 4, 0), (1, 2, 4, 0))
    assert pattern_of(mask, pairs, budget(2, 4)).pairs.at.tolist() == [[1, 2, 4]]


def test_rows_have_budgets_of_their_own() -> None:
    pairs = edges((0, 1, 9, 0), (1, 1, 9, 0))
    chosen = Budget(torch.tensor([2, 2]), torch.tensor([0, 1]))
    assert kept(pairs, chosen) == [(1, 1, 9)]
    assert not pattern_of(EVERY, pairs, Budget(torch.tensor([11, 2]), torch.tensor([0, 0]))).dense
    assert pattern_of(EVERY, pairs, Budget(torch.tensor([11, 99]), torch.tensor([0, 0]))).dense
