"""Attention over a tree: up from the leaves, across siblings at every level, and down again.

Tokens make statements, statements functions, functions classes, classes files, files a repository. A node is
the weighted sum of its parts, looks at the parts of the same whole, and is given the state of the whole. So
an item learns of the far end of a file by way of the nodes between, and the work grows with the sum of the
squares of the families and not with the square of the file (Yang et al. 2016 go up in this way; Nawrot et al.
2022 also come down).

Legend: T levels, N_t nodes of level t, N nodes, P parents, D width, H heads, G families, M members of the
largest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

KINDS = 8
"""Sorts of nodes that a level can tell apart."""
PLACES = 16
"""Places among siblings that are distinguished; the last stands for all later ones."""


class Tree(NamedTuple):
    """Leaves and what holds them: `parents[t]` `[N_t]` are nodes of level t + 1, `kinds[t]` their sorts.

    The nodes of the highest level have no parent: each is a tree by itself. `kinds` begins with level 1, the
    lowest that is made.
    """

    parents: tuple[Tensor, ...]
    kinds: tuple[Tensor, ...]


class Families(NamedTuple):
    """Siblings side by side: `members` `[G, M]` are nodes, `there` says which of these places are taken."""

    members: Tensor
    there: Tensor


def families(parents: Tensor) -> list[Families]:
    """The families of nodes with these parents `[N]`, those of like size together.

    Within each part no family is less than half as large as the largest: padding at most doubles the work.
    """
    order = torch.argsort(parents, stable=True)
    _, counts = torch.unique_consecutive(parents[order], return_counts=True)
    first = counts.cumsum(0) - counts
    # Sizes 1, 2, 3-4, 5-8, ...
    classes = (counts - 1).clamp(min=0).float().add(0.5).log2().floor().clamp(min=-1).long()
    found = []
    for size in classes.unique().tolist():
        chosen = classes == size
        place = torch.arange(int(counts[chosen].max()), device=parents.device)
        there = place < counts[chosen, None]
        members = order[(first[chosen, None] + place).clamp(max=len(order) - 1)]
        found.append(Families(members, there))
    return found


class Pool(nn.Module):
    """A whole from its parts, each weighed by a score of its own, head by head."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.score = nn.Linear(width, heads)
        self.value = nn.Linear(width, width)

    def forward(self, states: Tensor, parents: Tensor, count: int) -> Tensor:
        """States `[N, D]` of parts of so many wholes to `[P, D]`; a whole without parts is zero."""
        N, D = states.shape
        scores = self.score(states)
        index = parents[:, None].expand(-1, self.heads)
        most = scores.new_full((count, self.heads), torch.finfo(scores.dtype).min)
        most = most.scatter_reduce(0, index, scores.detach(), "amax")
        weights = (scores - most.gather(0, index)).exp()
        total = weights.new_zeros(count, self.heads).index_add(0, parents, weights)
        weights = weights / total.gather(0, index)
        parts = self.value(states).reshape(N, self.heads, -1) * weights[:, :, None]
        whole: Tensor = parts.new_zeros(count, D).index_add(0, parents, parts.reshape(N, D))
        return whole


class Siblings(nn.Module):
    """Attention among the parts of a whole, with a bias by how far apart they stand, then a small network."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.apart = nn.Parameter(torch.zeros(heads, 2 * PLACES + 1))
        self.between = nn.LayerNorm(width)
        self.wide = nn.Linear(width, 2 * width)
        self.narrow = nn.Linear(2 * width, width)

    def forward(self, states: Tensor, parts: Sequence[Families]) -> Tensor:
        """States `[N, D]` to `[N, D]`; every node is in one of the families."""
        projected = self.project(self.before(states))
        mixed = torch.empty_like(states)
        for members, there in parts:
            G, M = members.shape
            q, k, v = projected[members].reshape(G, M, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
            place = torch.arange(M, device=states.device)
            apart = (place[None, :] - place[:, None]).clamp(-PLACES, PLACES) + PLACES
            bias = self.apart[:, apart].masked_fill(~there[:, None, None, :], torch.finfo(states.dtype).min)
            seen = F.scaled_dot_product_attention(q, k, v, bias).transpose(1, 2).reshape(G, M, -1)
            mixed = mixed.index_put((members[there],), seen[there])
        states = states + self.out(mixed)
        new: Tensor = states + self.narrow(F.gelu(self.wide(self.between(states))))
        return new


class Hierarchy(nn.Module):
    """States at every level of a tree, from those of its leaves.

    `levels` counts those above the leaves. Every level has its own pooling, its own attention and its own
    embedding of the sorts of its nodes.
    """

    def __init__(self, width: int, heads: int, levels: int) -> None:
        super().__init__()
        self.up = nn.ModuleList(Pool(width, heads) for _ in range(levels))
        self.kinds = nn.ModuleList(nn.Embedding(KINDS, width) for _ in range(levels))
        self.across = nn.ModuleList(Siblings(width, heads) for _ in range(levels))
        self.down = nn.ModuleList(nn.Linear(width, width) for _ in range(levels))

    def forward(self, leaves: Tensor, tree: Tree) -> list[Tensor]:
        """Leaves `[N_0, D]` to the states of each level, `[N_t, D]`; level 0 are the leaves."""
        levels = [leaves]
        for up, kind, parents, kinds in zip(self.up, self.kinds, tree.parents, tree.kinds, strict=True):
            levels.append(up(levels[-1], parents, len(kinds)) + kind(kinds))
        whole = levels[-1]
        roots = torch.arange(len(whole), device=whole.device)
        for t in reversed(range(len(self.up))):
            above = tree.parents[t + 1] if t + 1 < len(tree.parents) else roots
            levels[t + 1] = self.across[t](levels[t + 1], families(above))
            levels[t] = levels[t] + self.down[t](levels[t + 1])[tree.parents[t]]
        return levels
