"""Any `AutoModel` works, and the relation bias reaches every layer of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import BertConfig

from octad.nn.backbone import ATTENTION, PLAIN, Pretrained, pretrained
from tests import families, tiny


@pytest.fixture(params=families.FAMILIES, scope="module")
def backbone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pretrained:
    folder: Path = tmp_path_factory.mktemp(request.param)
    return families.backbone(request.param, folder)


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
    families.without_dropout(backbone)
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
    families.without_dropout(backbone)
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


def test_from_scratch_is_the_shape_with_random_weights(tmp_path: Path) -> None:
    loaded, again = (pretrained(tiny.backbone(tmp_path)) for _ in range(2))
    scratch = pretrained(tmp_path, scratch=True)
    for (name, one), same, other in zip(
        loaded.named_parameters(), again.parameters(), scratch.parameters(), strict=True
    ):
        assert torch.equal(one, same) and one.shape == other.shape
        assert not name.endswith("query.weight") or not torch.equal(one, other)
    assert (scratch.width, scratch.layers, scratch.heads) == (loaded.width, loaded.layers, loaded.heads)


def test_nothing_drops_out_inside_attention_and_there_is_no_pooler(tmp_path: Path) -> None:
    """Dropout there sends attention down a path that is three times slower."""
    config = BertConfig.from_pretrained(tiny.backbone(tmp_path))
    config.attention_probs_dropout_prob = 0.1
    config.save_pretrained(tmp_path)
    made = pretrained(tmp_path)
    assert made.model.config.attention_probs_dropout_prob == 0.0 and made.model.pooler is None
