"""Attention over a tree equals the plain sum over all nodes under a mask, with all gradients."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from octad_train.nn.hierarchy import PLACES, Hierarchy, Pool, Siblings, Tree, families

WIDTH, HEADS = 16, 4


def forest(sizes: tuple[int, ...], seed: int) -> Tree:
    """Random trees with so many nodes at each level; every node that holds others holds at least one."""
    random = torch.Generator().manual_seed(seed)
    parents, kinds = [], []
    for below, above in pairwise(sizes):
        own = torch.cat([torch.arange(above), torch.randint(above, (below - above,), generator=random)])
        parents.append(own[torch.randperm(below, generator=random)])
        kinds.append(torch.randint(8, (above,), generator=random))
    return Tree(tuple(parents), tuple(kinds))


def attended(layer: Siblings, states: Tensor, parents: Tensor) -> Tensor:
    """What `Siblings` computes, over all nodes at once: those of another parent are masked."""
    N, D = states.shape
    place = torch.tensor([int((parents[:i] == parents[i]).sum()) for i in range(N)])
    q, k, v = layer.project(layer.before(states)).reshape(N, 3, layer.heads, -1).permute(1, 2, 0, 3)
    apart = (place[None, :] - place[:, None]).clamp(-PLACES, PLACES) + PLACES
    scores = q @ k.transpose(-1, -2) * (D // layer.heads) ** -0.5 + layer.apart[:, apart]
    weights = scores.masked_fill(parents[:, None] != parents[None, :], float("-inf")).softmax(-1)
    states = states + layer.out((weights @ v).transpose(0, 1).reshape(N, D))
    return states + layer.narrow(torch.nn.functional.gelu(layer.wide(layer.between(states))))


def pooled(pool: Pool, states: Tensor, parents: Tensor, count: int) -> Tensor:
    """What `Pool` computes, one whole after the other."""
    found = []
    for whole in range(count):
        own = states[parents == whole]
        weights = pool.score(own).softmax(0)[:, :, None]
        found.append((pool.value(own).reshape(len(own), pool.heads, -1) * weights).sum(0).reshape(-1))
    return torch.stack(found)


def plainly(model: Hierarchy, leaves: Tensor, tree: Tree) -> list[Tensor]:
    """The hierarchy with every step in its plain form."""
    levels = [leaves]
    for t, kinds in enumerate(tree.kinds):
        levels.append(pooled(model.up[t], levels[-1], tree.parents[t], len(kinds)) + model.kinds[t](kinds))
    for t in reversed(range(len(tree.kinds))):
        last = t + 1 == len(tree.parents)
        above = torch.arange(len(levels[-1])) if last else tree.parents[t + 1]
        levels[t + 1] = attended(model.across[t], levels[t + 1], above)
        levels[t] = levels[t] + model.down[t](levels[t + 1])[tree.parents[t]]
    return levels


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("sizes", "seed"), [((40, 12, 5, 1), 0), ((90, 70, 3), 1), ((7, 7, 7, 2), 2)])
def test_equals_the_plain_sum(sizes: tuple[int, ...], seed: int, training: bool) -> None:
    torch.manual_seed(seed)
    model = Hierarchy(WIDTH, HEADS, len(sizes) - 1).double().train(training)
    for layer in model.across:
        torch.nn.init.normal_(layer.apart)
    tree = forest(sizes, seed)
    leaves = torch.randn(sizes[0], WIDTH, dtype=torch.float64, requires_grad=True)
    results = []
    for made in (model(leaves, tree), plainly(model, leaves, tree)):
        loss = sum((level.sin().sum() for level in made), torch.zeros(()))
        results.append((made, torch.autograd.grad(loss, [leaves, *model.parameters()])))
    (found, gradients), (wanted, expected) = results
    for one, other in zip([*found, *gradients], [*wanted, *expected], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-11)


def test_a_leaf_learns_of_the_far_end_and_trees_do_not_mix() -> None:
    torch.manual_seed(0)
    model = Hierarchy(WIDTH, HEADS, 2).eval()
    tree = Tree(
        (torch.tensor([0, 0, 1, 2]), torch.tensor([0, 0, 1])),
        (torch.zeros(3, dtype=torch.long), torch.zeros(2, dtype=torch.long)),
    )
    leaves = torch.randn(4, WIDTH)
    before = model(leaves, tree)[0]
    leaves[2] += 1
    after = model(leaves, tree)[0]
    changed = (after - before).abs().amax(1)
    assert changed[0] > 1e-4
    assert changed[3] == 0


def test_families_hold_every_node_once_and_pad_little() -> None:
    parents = torch.tensor([3, 0, 3, 1, 3, 3, 0, 3, 2])
    parts = families(parents)
    nodes = torch.cat([members[there] for members, there in parts])
    assert sorted(nodes.tolist()) == list(range(len(parents)))
    for members, there in parts:
        assert (there.sum(1) * 2 >= members.shape[1]).all()
        for row, held in zip(members, there, strict=True):
            assert len(parents[row[held]].unique()) == 1
