"""What reads every text: features, relations and the order of tokens count, padding and company do not."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from octad.nn.backbone import Pretrained, pretrained
from octad.nn.embeddings import FeatureSum
from octad.nn.relations import RelationBias
from octad.nn.text_encoder import TextEncoder
from tests import tiny

G, L, R = 3, 9, 4
SIZES = (5, 3)


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Pretrained:
    return pretrained(tiny.backbone(tmp_path_factory.mktemp("encoder"))).eval()


@pytest.fixture
def encoder(backbone: Pretrained) -> TextEncoder:
    torch.manual_seed(0)
    made = TextEncoder(backbone, FeatureSum(SIZES, tiny.WIDTH), RelationBias(2, 2, R))
    return made.eval()


def inputs(lengths: tuple[int, ...] = (9, 4, 6)) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    torch.manual_seed(1)
    mask = torch.arange(L) < torch.tensor(lengths)[:, None]
    features = torch.stack([torch.randint(0, size, (G, L)) for size in SIZES], -1).to(torch.uint8)
    return torch.randn(G, L, tiny.WIDTH), mask, features, (torch.rand(G, R, L, L) < 0.2).float()


def test_new_features_and_relations_say_nothing(encoder: TextEncoder, backbone: Pretrained) -> None:
    vectors, mask, features, indicator = inputs()
    plain = TextEncoder(backbone, None, None)
    expected = backbone(vectors, mask, [])
    torch.testing.assert_close(encoder(vectors, mask, features, indicator)[mask], expected[mask])
    assert torch.equal(plain(vectors, mask)[mask], expected[mask])
    assert torch.equal(plain(vectors, mask, features, indicator)[mask], expected[mask]), "it has none"
    assert (encoder.relations, plain.relations) == (R, 0)


def test_features_and_relations_count_where_they_are(encoder: TextEncoder) -> None:
    vectors, mask, features, indicator = inputs()
    assert encoder.features is not None and encoder.bias is not None
    torch.nn.init.normal_(encoder.features.weight)
    torch.nn.init.normal_(encoder.bias.weight)
    whole = encoder(vectors, mask, features, indicator)
    for one in (encoder(vectors, mask, None, indicator), encoder(vectors, mask, features, None)):
        assert ((one - whole)[mask].abs().amax(-1) > 1e-4).all()


def test_masked_tokens_and_company_change_nothing(encoder: TextEncoder) -> None:
    vectors, mask, features, indicator = inputs()
    assert encoder.bias is not None
    torch.nn.init.normal_(encoder.bias.weight, std=0.1)
    states = encoder(vectors, mask, features, indicator)
    other = torch.where(mask[..., None], vectors, torch.randn_like(vectors))
    torch.testing.assert_close(encoder(other, mask, features, indicator)[mask], states[mask])
    n = int(mask[1].sum())
    alone = encoder(vectors[1:2, :n], mask[1:2, :n], features[1:2, :n], indicator[1:2, :, :n, :n])
    torch.testing.assert_close(alone[0], states[1, :n], rtol=1e-4, atol=1e-5)


def test_the_order_of_tokens_matters(backbone: Pretrained) -> None:
    """The mean of the states of a text is not that of a bag of its words."""
    vectors, mask, _, _ = inputs((L, L, L))
    plain = TextEncoder(backbone, None, None)
    there, back = plain(vectors, mask).mean(1), plain(vectors.flip(1), mask).mean(1)
    assert ((there - back).abs().amax(-1) > 1e-2).all()


def test_plain_attention_says_the_same_and_the_fast_one_comes_back(encoder: TextEncoder) -> None:
    vectors, mask, features, indicator = inputs()
    assert encoder.bias is not None
    torch.nn.init.normal_(encoder.bias.weight, std=0.1)
    fast = encoder(vectors, mask, features, indicator)
    with encoder.plainly():
        slow = encoder(vectors, mask, features, indicator)
    torch.testing.assert_close(slow[mask], fast[mask], rtol=1e-4, atol=1e-5)
    assert torch.equal(encoder(vectors, mask, features, indicator), fast)


@pytest.mark.parametrize("bare", [False, True])
def test_an_example_fits(encoder: TextEncoder, backbone: Pretrained, bare: bool) -> None:
    made = TextEncoder(backbone, None, None) if bare else encoder
    example = made.example(2, 5, tiny.WIDTH)
    assert set(example) == {"vectors", "mask", *(() if bare else ("features", "indicator"))}
    example = {name: x.float() if name == "indicator" else x for name, x in example.items()}
    assert made(**example).shape == (2, 5, tiny.WIDTH)
