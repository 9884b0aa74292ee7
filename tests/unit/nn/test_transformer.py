"""One layer of attention: what it may look at, its bias, and the plain sum that it must equal."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from octad.nn.transformer import Layer

B, L, D, H = 2, 5, 8, 2


@pytest.fixture
def layer() -> Layer:
    torch.manual_seed(0)
    return Layer(D, H).eval()


@pytest.fixture
def states() -> Tensor:
    torch.manual_seed(1)
    return torch.randn(B, L, D)


def everything() -> Tensor:
    return torch.ones(B, 1, L, L, dtype=torch.bool)


def plainly(layer: Layer, states: Tensor, allowed: Tensor, bias: Tensor) -> Tensor:
    """Head by head, query by query, over the keys that may be seen."""
    found = states.double().clone()
    layer = layer.double()
    for b in range(B):
        for i in range(L):
            seen = [j for j in range(L) if allowed[b, 0, i, j]]
            projected = layer.project(layer.before(states[b].double()))
            mixed = []
            for h in range(H):
                size = D // H
                q, k, v = (projected[:, part * D + h * size : part * D + (h + 1) * size] for part in range(3))
                scores = torch.stack([q[i] @ k[j] / size**0.5 + bias[b, h, i, j] for j in seen])
                mixed.append(sum(w * v[j] for w, j in zip(scores.softmax(0), seen, strict=True)))
            state = states[b, i].double() + layer.out(torch.cat(mixed))
            hidden = torch.nn.functional.gelu(layer.wide(layer.between(state)))
            found[b, i] = state + layer.narrow(hidden)
    return found


def test_it_is_the_plain_sum(layer: Layer, states: Tensor) -> None:
    allowed = everything()
    allowed[0, 0, 1, 2:] = allowed[1, 0, :, 3] = False
    bias = torch.randn(B, H, L, L)
    found = layer(states, allowed, bias)
    torch.testing.assert_close(found.double(), plainly(layer, states, allowed, bias), rtol=1e-4, atol=1e-5)


def test_what_may_not_be_seen_has_no_influence(layer: Layer, states: Tensor) -> None:
    allowed, bias = everything(), torch.zeros(B, 1, L, L)
    allowed[:, :, 0, 4] = False
    other = states.clone()
    other[:, 4] = torch.randn(D)
    before, after = layer(states, allowed, bias), layer(other, allowed, bias)
    assert torch.equal(before[:, 0], after[:, 0])
    assert (before[:, 1] - after[:, 1]).abs().max() > 1e-3


def test_a_query_that_may_see_nothing_stays_finite(layer: Layer, states: Tensor) -> None:
    allowed = everything()
    allowed[0, 0, 2] = False
    assert layer(states, allowed, torch.zeros(B, 1, L, L)).isfinite().all()


def test_a_bias_draws_attention(layer: Layer, states: Tensor) -> None:
    """A very large bias on one key is as if that key alone could be seen."""
    bias, alone = torch.zeros(B, 1, L, L), torch.zeros(B, 1, L, L, dtype=torch.bool)
    bias[..., 3] = 1e4
    alone[..., 3] = True
    drawn, single = layer(states, everything(), bias), layer(states, alone, torch.zeros(B, 1, L, L))
    torch.testing.assert_close(drawn, single)


def test_dropout_only_in_training(layer: Layer, states: Tensor) -> None:
    bias = torch.zeros(B, 1, L, L)
    assert torch.equal(layer(states, everything(), bias), layer(states, everything(), bias))
    layer.train()
    assert not torch.equal(layer(states, everything(), bias), layer(states, everything(), bias))
