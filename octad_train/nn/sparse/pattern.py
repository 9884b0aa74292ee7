"""Which items may look at which, in memory that grows with the items and not with their square.

An item looks at its neighbourhood, at the first items, which every item may look at and which look at every
item, and at those to which a relation leads from it, however far away they are.

Legend: B batch, L items, R relations, E edges, P pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from octad_train.nn.sparse.budget import Budget


class Pairs(NamedTuple):
    """Distinct pairs of items that have relations.

    `at` `[P, 3]` are row, source (which looks) and target (which is looked at), in ascending order; `kinds`
    `[P, R]` has ones where the pair has a relation.
    """

    at: Tensor
    kinds: Tensor


@dataclass(frozen=True)
class Pattern:
    """What may be attended in a batch.

    `mask` `[B, L]` are the items that are there, `radius` `[B]` is how far an item looks on either side,
    `shared` the number of first items that look at everything and at which everything looks. `pairs` are
    looked at wherever they are; only pairs that can be attended are among them.
    """

    mask: Tensor
    radius: Tensor
    shared: int
    pairs: Pairs

    @property
    def dense(self) -> bool:
        """Whether every item looks at every other, in every row."""
        return int(self.radius.min()) >= self.mask.shape[1] - 1


def pairs_of(edges: Tensor, items: int, relations: int) -> Pairs:
    """The pairs of edges `[E, 4]`: row, source, target, relation; an edge given twice counts once."""
    row, source, target, relation = edges.long().unbind(1)
    codes, pair = torch.unique((row * items + source) * items + target, return_inverse=True)
    kinds = torch.zeros(len(codes), relations, device=edges.device)
    kinds[pair, relation] = 1
    left = codes // items
    return Pairs(torch.stack([left // items, left % items, codes % items], 1), kinds)


def pattern_of(mask: Tensor, pairs: Pairs, budget: Budget, *, shared: int = 1) -> Pattern:
    """The pattern of a batch with mask `[B, L]` whose rows may spend so much.

    Of the pairs farther away than the radius each source keeps the first few: those with most relations,
    then the nearest.
    """
    row, source, target = pairs.at.unbind(1)
    distance = (source - target).abs()
    near = (distance <= budget.radius[row]) | (source < shared) | (target < shared)
    rank = ranks(row * mask.shape[1] + source, near, [distance, -pairs.kinds.sum(1)])
    kept = (near | (rank < budget.neighbours[row])) & mask[row, target]
    return Pattern(mask, budget.radius, shared, Pairs(pairs.at[kept], pairs.kinds[kept]))


def ranks(group: Tensor, free: Tensor, keys: list[Tensor]) -> Tensor:
    """The place `[P]` of each pair in its group by the last key, then the one before; free ones are last."""
    order = torch.arange(len(group), device=group.device)
    for key in [*keys, free.long(), group]:
        order = order[torch.argsort(key[order], stable=True)]
    first = torch.searchsorted(group[order], group[order])  # where the group of each begins
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(group), device=group.device) - first
    return rank
