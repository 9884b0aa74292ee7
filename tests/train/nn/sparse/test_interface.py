"""Attention over a pattern inside any backbone equals the same pattern as one full table."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from octad.catalog import entries, load
from octad.encoders.batch import token_batch
from octad.encoders.code import CodeEncoder
from octad.encoders.sequences import of_tokens
from octad.encoders.word_pieces import WordPieces
from octad.errors import ArtefactError
from octad.model import Model, to_tensors
from octad.nn.backbone import Pretrained
from octad.nn.relations import RelationBias, one_hot
from octad.records.code import Code
from octad_train.nn.sparse.budget import DENSE, Budget
from octad_train.nn.sparse.interface import lengthen, of_pairs, read, states_of
from octad_train.nn.sparse.pattern import pairs_of, pattern_of
from octad_train.nn.sparse.plan import plan_of
from tests import dense, families, tiny

ITEMS = 150
"""More than any table of positions knows."""
LINE = "first = second(left, right) if first else left\n"


@pytest.fixture(params=families.FAMILIES, scope="module")
def backbone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pretrained:
    folder: Path = tmp_path_factory.mktemp(request.param)
    return families.backbone(request.param, folder)


def long_inputs() -> tuple[Tensor, dense.Case, Tensor]:
    """Vectors of two rows, a random pattern, and weights of its relations."""
    torch.manual_seed(2)
    case = dense.random(2, ITEMS, 200, 1)
    budget = Budget(torch.tensor([9, 30]), torch.tensor([2, 0]))
    edges = torch.cat([case.pattern.pairs.at, torch.zeros(len(case.pattern.pairs.at), 1).long()], 1)
    pattern = pattern_of(case.pattern.mask, pairs_of(edges, ITEMS, dense.RELATIONS), budget)
    vectors = torch.randn(2, ITEMS, families.WIDTH)
    return vectors, case._replace(pattern=pattern), torch.randn(2, 2, dense.RELATIONS)


def table_of(case: dense.Case, weight: Tensor) -> Tensor:
    """The bias `[B, H, L, L]` that a full table would have, the lowest number where nothing may look."""
    row, source, target = case.pattern.pairs.at.unbind(1)
    bias = torch.zeros(2, ITEMS, ITEMS, 2)
    bias = bias.index_put((row, source, target), case.pattern.pairs.kinds @ weight.T).permute(0, 3, 1, 2)
    return bias.masked_fill(~dense.allowed(case.pattern)[:, None], torch.finfo(torch.float32).min)


@pytest.mark.parametrize("training", [False, True])
def test_a_plan_is_a_table_with_holes(backbone: Pretrained, training: bool) -> None:
    """States and gradients with a pattern equal those with the same pattern as one dense bias."""
    vectors, case, weights = long_inputs()
    lengthen(backbone, ITEMS)
    backbone.train(training)
    families.without_dropout(backbone)
    mask, plan = case.pattern.mask, plan_of(case.pattern)
    config: Any = backbone.model.config
    if config.model_type == "t5":
        with pytest.raises(ArtefactError, match="every pair of positions"):
            read(backbone, vectors, mask, [], plan)
        return
    weights.requires_grad_()
    full = backbone(vectors, mask, [table_of(case, weight) for weight in weights])[mask]
    bias = [case.pattern.pairs.kinds @ weight.T for weight in weights]
    thin = read(backbone, vectors, mask, bias, plan)[mask]
    torch.testing.assert_close(thin, full, atol=1e-4, rtol=1e-4)
    expected, found = (torch.autograd.grad(s.square().mean(), weights)[0] for s in (full, thin))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-3)
    assert found.abs().sum(-1).all()
    assert (read(backbone, vectors, mask, [], plan)[mask] - thin).abs().max() > 1e-2


def test_after_a_plan_everything_is_read_densely_again(backbone: Pretrained) -> None:
    vectors, case, _ = long_inputs()
    lengthen(backbone, ITEMS)
    backbone.eval()
    mask = case.pattern.mask
    before = backbone(vectors, mask, [])
    with suppress(ArtefactError):
        read(backbone, vectors, mask, [], plan_of(case.pattern))
    assert torch.equal(backbone(vectors, mask, []), before)


def test_a_longer_table_reads_short_inputs_as_before(backbone: Pretrained) -> None:
    torch.manual_seed(1)
    vectors, mask = torch.randn(2, 9, families.WIDTH), torch.ones(2, 9, dtype=torch.bool)
    backbone.eval()
    before = backbone(vectors, mask, [])
    for items in (40, 200, 100):
        lengthen(backbone, items)
    assert torch.equal(backbone(vectors, mask, []), before)
    long = torch.randn(1, 200, families.WIDTH)
    assert backbone(long, torch.ones(1, 200, dtype=torch.bool), []).isfinite().all()


def test_pairs_have_the_bias_that_the_table_has() -> None:
    edges = torch.tensor([[0, 1, 2, 0], [0, 1, 2, 1], [1, 0, 3, 1], [1, 0, 3, 1]], dtype=torch.int32)
    layer = RelationBias(2, 3, 3)
    torch.nn.init.normal_(layer.weight)
    at, kinds = pairs_of(edges, 4, 3)
    row, source, target = at.unbind(1)
    biases = layer(one_hot(edges, 2, 4, 3, torch.float32))
    for bias, pairs in zip(biases, of_pairs(layer, kinds), strict=True):
        torch.testing.assert_close(bias[row, :, source, target], pairs)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    made = tiny.model(load(entries()[0].name), folder)
    torch.manual_seed(1)
    assert made.encoder.bias is not None and made.encoder.features is not None
    made.encoder.bias.weight.data.normal_(std=0.05)
    made.encoder.features.weight.data.normal_()
    assert isinstance(made.encoder.backbone, Pretrained)
    lengthen(made.encoder.backbone, 4 * DENSE)
    return made


def batch(folder: Path, *lines: int) -> dict[str, Tensor]:
    encoder, pieces = CodeEncoder(limit=4 * DENSE), WordPieces(folder / "backbone")
    sequences = []
    for count in lines:
        items = encoder.items(Code(path="a.py", text=LINE * count))
        assert items is not None and items.tokens is not None
        sequences.append(of_tokens(items.tokens, pieces))
    return to_tensors(token_batch(sequences)._asdict())


def sparsely(model: Model, tokens: dict[str, Tensor]) -> Tensor:
    vectors = model.embedded(tokens)
    with torch.inference_mode():
        return states_of(model.encoder, vectors, tokens["mask"], tokens["features"], tokens["edges"])


def test_short_code_is_read_as_with_a_full_table(model: Model, folder: Path) -> None:
    tokens = batch(folder, 3, 9)
    mask = tokens["mask"]
    with torch.inference_mode():
        full = model.encode(tokens)
    torch.testing.assert_close(sparsely(model, tokens)[mask], full[mask], rtol=1e-4, atol=1e-4)


def test_long_code_is_read_whole_and_in_company(model: Model, folder: Path) -> None:
    """The last line counts for the summary, and a short neighbour in the batch for nothing."""
    alone = batch(folder, 200)
    assert alone["mask"].shape[1] > 2 * DENSE
    states, company = (sparsely(model, tokens) for tokens in (alone, batch(folder, 200, 3)))
    mask = alone["mask"][0]
    torch.testing.assert_close(company[0][mask], states[0][mask], rtol=1e-4, atol=1e-4)
    last = int(mask.sum())
    alone["features"][0, last - 20 : last, 0] = 3
    assert (sparsely(model, alone) - states)[0, 0].abs().max() > 0
    assert states[0][mask].isfinite().all()
