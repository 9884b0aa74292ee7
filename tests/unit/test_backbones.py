"""Any `AutoModel` works, and the relation bias reaches every layer of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModel,
    BertConfig,
    ModernBertConfig,
    PretrainedConfig,
    Qwen2Config,
    RobertaConfig,
    T5Config,
)

from octad.backbones import ATTENTION, PLAIN, Pretrained, pretrained
from octad.errors import ArtefactError
from octad.nn.budget import Budget
from octad.nn.pattern import pairs_of, pattern_of
from octad.nn.sparse import plan_of
from tests import dense

SIZES = {
    "vocab_size": 50,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "initializer_range": 0.5,
}
FAMILIES: dict[str, Callable[[], PretrainedConfig]] = {
    "bert": lambda: BertConfig(**SIZES, max_position_embeddings=64),
    "roberta": lambda: RobertaConfig(**SIZES, max_position_embeddings=66),
    "t5": lambda: T5Config(
        vocab_size=50, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, dropout_rate=0.0
    ),
    "modernbert": lambda: ModernBertConfig(**SIZES, pad_token_id=0, max_position_embeddings=64),
    "qwen2": lambda: Qwen2Config(**SIZES, num_key_value_heads=1, max_position_embeddings=64),
}


@pytest.fixture(params=FAMILIES, scope="module")
def backbone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pretrained:
    """A tiny random checkpoint of one family, saved and loaded from its folder."""
    torch.manual_seed(0)
    folder: Path = tmp_path_factory.mktemp(request.param)
    AutoModel.from_config(FAMILIES[request.param]()).save_pretrained(folder)
    return pretrained(folder)


def inputs(rows: int = 2, items: int = 9) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Random vectors, a mask whose last two items of row 1 are absent, and a zero bias per layer."""
    torch.manual_seed(1)
    mask = torch.ones(rows, items, dtype=torch.bool)
    mask[1, -2:] = False
    bias = [torch.zeros(rows, 2, items, items) for _ in range(2)]
    return torch.randn(rows, items, 16), mask, bias


def test_zero_bias_is_no_bias(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.eval()
    torch.testing.assert_close(backbone(vectors, mask, bias)[mask], backbone(vectors, mask, [])[mask])


@pytest.mark.parametrize("training", [False, True])
def test_bias_of_every_layer_counts_and_learns(backbone: Pretrained, training: bool) -> None:
    vectors, mask, bias = inputs()
    backbone.train(training)
    for layer in bias:
        layer.normal_().requires_grad_()
    backbone(vectors, mask, bias)[mask].square().sum().backward()
    for layer in bias:
        assert layer.grad is not None
        assert layer.grad.abs().sum() > 0
    backbone.zero_grad()


def test_masked_items_change_nothing(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.eval()
    changed = vectors.clone()
    changed[1, -2:] = torch.randn(2, 16)
    torch.testing.assert_close(backbone(changed, mask, bias)[mask], backbone(vectors, mask, bias)[mask])


@pytest.mark.parametrize("training", [False, True])
def test_fast_equals_plain(backbone: Pretrained, training: bool) -> None:
    vectors, mask, bias = inputs()
    backbone.train(training)
    for module in backbone.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    states, gradients = [], []
    for name in (PLAIN, ATTENTION):
        backbone.attention(name)
        leaves = [layer.clone().requires_grad_() for layer in bias]
        for index, leaf in enumerate(leaves):
            leaf.data.copy_(torch.linspace(-1, 1, leaf.numel()).view_as(leaf) * (index + 1))
        output = backbone(vectors, mask, leaves)[mask]
        gradients.append(torch.autograd.grad(output.square().sum(), leaves))
        states.append(output)
    torch.testing.assert_close(*states)
    for plain, fast in zip(*gradients, strict=True):
        torch.testing.assert_close(plain, fast, atol=1e-4, rtol=1e-3)


def test_the_first_item_sees_the_last(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.eval()
    changed = vectors.clone()
    changed[0, -1] = torch.randn(16)
    assert not torch.allclose(backbone(changed, mask, bias)[0, 0], backbone(vectors, mask, bias)[0, 0])


def test_checkpointing_keeps_gradients(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.train()
    for module in backbone.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    gradients = []
    for enabled in (False, True):
        leaf = vectors.clone().requires_grad_()
        backbone.recompute(enabled)
        backbone(leaf, mask, bias)[mask].square().sum().backward()
        gradients.append(leaf.grad)
    backbone.recompute(False)
    torch.testing.assert_close(*gradients)


def test_table_leaves_the_module(backbone: Pretrained) -> None:
    assert backbone.table().shape == (50, 16)
    assert backbone.model.get_input_embeddings().weight.shape[0] == 1


def long_inputs() -> tuple[torch.Tensor, dense.Case, torch.Tensor]:
    """Vectors of two rows of 150 items, more than any of the tables knows, and a random pattern."""
    torch.manual_seed(2)
    case = dense.random(2, 150, 200, 1)
    budget = Budget(torch.tensor([9, 30]), torch.tensor([2, 0]))
    edges = torch.cat([case.pattern.pairs.at, torch.zeros(len(case.pattern.pairs.at), 1).long()], 1)
    pattern = pattern_of(case.pattern.mask, pairs_of(edges, 150, dense.RELATIONS), budget)
    return torch.randn(2, 150, 16), case._replace(pattern=pattern), torch.randn(2, 2, dense.RELATIONS)


def table_of(case: dense.Case, weight: torch.Tensor) -> torch.Tensor:
    """The bias `[B, H, L, L]` that a full table would have, the lowest number where nothing may look."""
    row, source, target = case.pattern.pairs.at.unbind(1)
    bias = torch.zeros(2, 150, 150, 2)
    bias = bias.index_put((row, source, target), case.pattern.pairs.kinds @ weight.T).permute(0, 3, 1, 2)
    return bias.masked_fill(~dense.allowed(case.pattern)[:, None], torch.finfo(torch.float32).min)


@pytest.mark.parametrize("training", [False, True])
def test_a_plan_is_a_table_with_holes(backbone: Pretrained, training: bool) -> None:
    """States and gradients with a pattern equal those with the same pattern as one dense bias."""
    vectors, case, weights = long_inputs()
    backbone.lengthen(150)
    backbone.train(training)
    for module in backbone.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    mask, plan = case.pattern.mask, plan_of(case.pattern)
    config: Any = backbone.model.config
    if config.model_type == "t5":
        with pytest.raises(ArtefactError, match="every pair of positions"):
            backbone(vectors, mask, [], plan)
        return
    weights.requires_grad_()
    full = backbone(vectors, mask, [table_of(case, weight) for weight in weights])[mask]
    thin = backbone(vectors, mask, [case.pattern.pairs.kinds @ weight.T for weight in weights], plan)[mask]
    torch.testing.assert_close(thin, full, atol=1e-4, rtol=1e-4)
    expected, found = (torch.autograd.grad(s.square().mean(), weights)[0] for s in (full, thin))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-3)
    assert found.abs().sum(-1).all()
    assert (backbone(vectors, mask, [], plan)[mask] - thin).abs().max() > 1e-2


def test_a_longer_table_reads_short_inputs_as_before(backbone: Pretrained) -> None:
    vectors, mask, bias = inputs()
    backbone.eval()
    before = backbone(vectors, mask, bias)
    backbone.lengthen(40)
    backbone.lengthen(200)
    backbone.lengthen(100)
    assert torch.equal(backbone(vectors, mask, bias), before)
    assert backbone(torch.randn(1, 200, 16), torch.ones(1, 200, dtype=torch.bool), []).isfinite().all()
