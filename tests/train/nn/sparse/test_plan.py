"""Attention over a pattern equals the plain sum over the same pairs, whichever way it is computed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from octad_train.nn.sparse.blocks import Blocks
from octad_train.nn.sparse.budget import Budget
from octad_train.nn.sparse.chunks import Chunks
from octad_train.nn.sparse.pattern import Pairs, Pattern, pairs_of, pattern_of
from octad_train.nn.sparse.plan import Plan, plan_of
from tests import dense

Way = Callable[[Pattern], Plan]
CHUNKS: tuple[Way, ...] = (Chunks, partial(Chunks, size=1), partial(Chunks, size=8))
pytestmark = pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
examples = partial(settings, deadline=None, database=None)


def there(pattern: Pattern) -> Tensor:
    """Where states count, `[B, 1, L, 1]`."""
    return pattern.mask[:, None, :, None]


@given(dense.cases())
@examples(max_examples=40)
def test_chunks_are_the_plain_sum(case: dense.Case) -> None:
    expected = dense.attention(case) * there(case.pattern)
    for way in CHUNKS:
        found = way(case.pattern).attend(case.parts, case.bias)
        torch.testing.assert_close(found * there(case.pattern), expected)


@given(dense.cases())
@examples(max_examples=10)
def test_states_are_the_same_without_gradients(case: dense.Case) -> None:
    for way in CHUNKS:
        plan = way(case.pattern)
        learning = plan.attend(case.parts, case.bias)
        with torch.no_grad():
            torch.testing.assert_close(plan.attend(case.parts, case.bias), learning)


@given(dense.cases())
@examples(max_examples=5)
def test_blocks_are_the_plain_sum(case: dense.Case) -> None:
    expected = dense.attention(case) * there(case.pattern)
    found = Blocks(case.pattern, 16).attend(case.parts, case.bias)
    torch.testing.assert_close(found * there(case.pattern), expected)


@given(dense.cases())
@examples(max_examples=40)
def test_gradients_are_those_of_the_plain_sum(case: dense.Case) -> None:
    leaves = [tensor.requires_grad_() for tensor in (*case.parts, case.weight)]
    into = torch.randn_like(case.parts[0]) * there(case.pattern)
    expected = torch.autograd.grad((dense.attention(case) * into).sum(), leaves)
    for way in CHUNKS:
        found = torch.autograd.grad((way(case.pattern).attend(case.parts, case.bias) * into).sum(), leaves)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other)


def test_gradients_hold_numerically() -> None:
    torch.manual_seed(0)
    case = dense.random(1, 9, 12, 1)
    plan = Chunks(case.pattern, 2)
    kinds = case.pattern.pairs.kinds.double()

    def attend(q: Tensor, k: Tensor, v: Tensor, weight: Tensor) -> Tensor:
        return plan.attend((q, k, v), kinds @ weight.T) * there(case.pattern)

    assert torch.autograd.gradcheck(attend, [t.requires_grad_() for t in (*case.parts, case.weight)])


@given(dense.cases())
@examples(max_examples=20)
def test_tables_of_blocks_learn_as_the_plain_sum_does(case: dense.Case) -> None:
    """The kernel has no way back on CPUs: its two functions are put into a plain sum instead."""
    blocks, (q, k, v) = Blocks(case.pattern), case.parts
    rows, items = case.pattern.mask.shape
    b, h, i, j = torch.meshgrid(*map(torch.arange, (rows, dense.HEADS, items, items)), indexing="ij")
    weight = case.weight.requires_grad_()
    scores = blocks.scored(case.bias)(q @ k.transpose(-1, -2) / 2, b, h, i, j)
    scores = scores.masked_fill(~blocks.allowed(b, h, i, j), torch.finfo(scores.dtype).min)
    plain = scores.softmax(-1) @ v
    own = there(case.pattern) & (torch.arange(items) >= blocks.top.shared)[:, None]
    found, expected = (
        torch.autograd.grad((states * own).square().sum(), weight)[0]
        for states in (plain, dense.attention(case))
    )
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("way", [*CHUNKS, Blocks])
def test_without_a_bias_pairs_are_still_attended(way: Way) -> None:
    torch.manual_seed(1)
    case = dense.random(2, 30, 40, 1)
    expected = dense.attention(case._replace(weight=torch.zeros_like(case.weight)))
    found = way(case.pattern).attend(case.parts)
    torch.testing.assert_close(found * there(case.pattern), expected * there(case.pattern))


@pytest.mark.parametrize("biased", [False, True])
def test_padding_stays_finite_and_learns_nothing(biased: bool) -> None:
    """Row 1 has one item: no padded query of the last chunk has anything to look at."""
    torch.manual_seed(2)
    mask = torch.ones(2, 24, dtype=torch.bool)
    mask[1, 1:] = False
    edges = torch.tensor([[1, 20, 21, 0], [0, 3, 20, 1]])
    budget = Budget(torch.tensor([2, 2]), torch.tensor([4, 4]))
    pattern = pattern_of(mask, pairs_of(edges, 24, dense.RELATIONS), budget, shared=0)
    parts = tuple(torch.randn(2, dense.HEADS, 24, 4, requires_grad=True) for _ in range(3))
    bias = torch.ones(len(pattern.pairs.at), dense.HEADS, requires_grad=True) if biased else None
    found = Chunks(pattern, 4).attend(parts, bias)  # type: ignore[arg-type]
    assert found.isfinite().all()
    gradients = torch.autograd.grad(found[mask[:, None].expand(-1, dense.HEADS, -1)].sum(), parts)
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert not any(gradient[1, :, 1:].any() for gradient in gradients)


def test_rows_do_not_know_each_other() -> None:
    torch.manual_seed(3)
    case = dense.random(3, 40, 60, 1)
    order = torch.tensor([2, 0, 1])
    at = case.pattern.pairs.at
    edges = torch.cat([at, torch.zeros(len(at), 1, dtype=torch.long)], 1)
    edges[:, 0] = order.argsort()[at[:, 0]]
    budget = Budget(case.pattern.radius[order], torch.full((3,), 99))
    other = pattern_of(case.pattern.mask[order], pairs_of(edges, 40, 1), budget)
    bias = other.pairs.kinds @ torch.ones(1, dense.HEADS)
    found = Chunks(other, 8).attend(tuple(part[order] for part in case.parts), bias)  # type: ignore[arg-type]
    alone = Chunks(case.pattern, 8).attend(case.parts, torch.ones(len(at), dense.HEADS))
    keep = there(other)
    torch.testing.assert_close(found * keep, alone[order] * keep)


def test_what_may_not_be_looked_at_has_no_influence() -> None:
    """Every key is changed in turn: exactly the queries that may look at it move."""
    torch.manual_seed(4)
    case = dense.random(1, 20, 15, 1)
    plan, seen = Chunks(case.pattern, 4), dense.allowed(case.pattern)[0]
    before = plan.attend(case.parts, case.bias)
    for item in range(20):
        q, k, v = (part.clone() for part in case.parts)
        v[:, :, item] += 1
        moved = (plan.attend((q, k, v), case.bias) - before).abs().amax((0, 1, 3)) > 0
        assert torch.equal(moved & case.pattern.mask[0], seen[:, item] & case.pattern.mask[0])


def test_a_radius_beyond_the_length_is_one_dense_chunk() -> None:
    torch.manual_seed(5)
    case = dense.random(2, 20, 30, 1)
    pattern = Pattern(case.pattern.mask, torch.tensor([19, 25]), 1, case.pattern.pairs)
    plan = Chunks(pattern, 4)
    assert pattern.dense and len(plan.chunks) == 1
    assert torch.equal(dense.allowed(pattern), pattern.mask[:, None].expand(2, 20, 20))
    found = plan.attend(case.parts, case.bias)
    expected = dense.attention(case._replace(pattern=pattern))
    torch.testing.assert_close(found * there(pattern), expected * there(pattern))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_less_precision_is_close(dtype: torch.dtype) -> None:
    torch.manual_seed(6)
    case = dense.random(2, 200, 300, 1)
    parts = tuple(part.to(dtype) for part in case.parts)
    found = Chunks(case.pattern).attend(parts, case.bias.float())  # type: ignore[arg-type]
    assert found.dtype == dtype
    tolerance = 1e-5 if dtype == torch.float32 else 0.05
    error = (found.double() - dense.attention(case)) * there(case.pattern)
    assert error.abs().max() < tolerance


def test_scale_and_dropout_are_used() -> None:
    torch.manual_seed(7)
    case = dense.random(1, 20, 10, 1)
    q, k, v = case.parts
    plan = Chunks(case.pattern, 4)
    torch.testing.assert_close(plan.attend((q * 2, k, v)), plan.attend((q, k, v), scale=1.0))
    assert not torch.equal(plan.attend((q, k, v)), plan.attend((q, k, v), dropout=0.5))
    with pytest.raises(ValueError, match="no dropout"):
        Blocks(case.pattern).attend((q, k, v), dropout=0.5)


def test_memory_is_of_the_items_and_not_of_their_square() -> None:
    """Everything that a plan holds, in bytes per item, at two lengths."""
    held = []
    for items in (1024, 4096):
        source = torch.arange(items)
        edges = torch.stack([source * 0, source, source * 7 % items, source % 3], 1)
        budget = Budget(torch.tensor([64]), torch.tensor([4]))
        pattern = pattern_of(torch.ones(1, items, dtype=torch.bool), pairs_of(edges, items, 3), budget)
        chunks, blocks = Chunks(pattern), Blocks(pattern)
        tensors = [t for c in chunks.chunks for t in (c.far, c.allowed, c.pairs, c.at)]
        tensors += [blocks.band, blocks.far, blocks.targets]
        held.append(sum(t.numel() * t.element_size() for t in tensors) / items)
    assert held[1] < 1.1 * held[0]


def test_cpus_work_in_chunks() -> None:
    torch.manual_seed(8)
    assert isinstance(plan_of(dense.random(1, 8, 4, 1).pattern), Chunks)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="the kernel has a way back on GPUs only")
def test_gpus_work_in_blocks_and_learn() -> None:
    torch.manual_seed(9)
    case = dense.random(2, 300, 400, 1)
    into = torch.randn_like(case.parts[0]) * there(case.pattern)
    leaves = [t.float().cuda().requires_grad_() for t in (*case.parts, case.weight)]
    pairs = Pairs(case.pattern.pairs.at.cuda(), case.pattern.pairs.kinds.cuda())
    plan = plan_of(Pattern(case.pattern.mask.cuda(), case.pattern.radius.cuda(), 1, pairs))
    assert isinstance(plan, Blocks)
    states = plan.attend((leaves[0], leaves[1], leaves[2]), pairs.kinds @ leaves[3].T)
    found = torch.autograd.grad((states * into.cuda()).sum(), leaves)
    plain = [t.requires_grad_() for t in (*case.parts, case.weight)]
    expected = torch.autograd.grad((dense.attention(case) * into).sum(), plain)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one.cpu().double(), other, rtol=1e-2, atol=1e-2)
