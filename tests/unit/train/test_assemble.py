from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from octad import catalog
from octad.agent import Agent
from octad.backbones import Pretrained
from octad.modalities.code import CodeModality
from octad.model import to_tensors
from octad.nn.relations import NoRelations
from octad.nn.twins import Convolutional, Recurrent
from octad.train.assemble import make_model, merge_adapters
from tests import tiny
from tests.conftest import Prepare


@pytest.fixture(scope="module")
def agent() -> Agent[Any, Any]:
    return catalog.load(catalog.entries()[0].name)


@pytest.fixture
def batch(prepare: Prepare) -> dict[str, torch.Tensor]:
    return to_tensors(
        CodeModality().collate([prepare("def f(a, b):\n    return a < b\n"), prepare("x = 1\n")])
    )


def test_adapters_are_injected_trained_and_merged(
    agent: Agent[Any, Any], tmp_path: Path, batch: dict[str, torch.Tensor]
) -> None:
    model = make_model(agent, tiny.settings(tmp_path, adaptation="lora")).eval()
    encoder = model.core.encoder
    learned = {name for name, p in encoder.named_parameters() if p.requires_grad}
    assert learned and all("lora_" in name for name in learned)
    plain = tiny.model(agent, tmp_path)
    torch.manual_seed(0)
    with torch.no_grad():
        for name, p in encoder.named_parameters():
            if name in learned:
                p.normal_(std=0.1)
    adapted = model.core.encoder(*call(model, batch))
    assert (adapted - plain.core.encoder(*call(plain, batch))).abs().max() > 1e-2
    merge_adapters(encoder)
    assert not any("lora_" in name for name, _ in model.named_parameters())
    assert set(model.state_dict()) == set(plain.state_dict())
    torch.testing.assert_close(model.core.encoder(*call(model, batch)), adapted, rtol=1e-4, atol=1e-4)


def call(model: Any, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor, list[Any]]:
    return model.vectors(batch)["vectors"], batch["mask"], []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({}, Pretrained), ({"encoder": "recurrent"}, Recurrent), ({"encoder": "convolutional"}, Convolutional)],
)
def test_every_encoder_serves_the_same_heads(
    agent: Agent[Any, Any],
    tmp_path: Path,
    batch: dict[str, torch.Tensor],
    changes: dict[str, Any],
    kind: type,
) -> None:
    model = tiny.model(agent, tmp_path, **changes)
    assert isinstance(model.core.encoder, kind)
    outputs = model(batch)
    assert {name: len(found) for name, found in outputs.items()} == {
        n: len(h.outputs) for n, h in agent.heads.items()
    }
    assert all(bool(tensor.isfinite().all()) for tensors in outputs.values() for tensor in tensors)


def test_scratch_has_the_shape_and_not_the_weights(agent: Agent[Any, Any], tmp_path: Path) -> None:
    one, other = tiny.model(agent, tmp_path), tiny.model(agent, tmp_path, encoder="scratch", seed=9)
    shapes = [{name: p.shape for name, p in model.named_parameters()} for model in (one, other)]
    assert shapes[0] == shapes[1]
    name = "core.encoder.model.encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(one.get_parameter(name), other.get_parameter(name))


def test_relations_can_be_left_out(
    agent: Agent[Any, Any], tmp_path: Path, batch: dict[str, torch.Tensor]
) -> None:
    without = tiny.model(agent, tmp_path, relations=())
    assert isinstance(without.core.bias, NoRelations)
    model = tiny.model(agent, tmp_path)
    before = model(batch)["bug"][0]
    with torch.no_grad():
        model.core.bias.weight.normal_()
    assert (model(batch)["bug"][0] - before)[batch["mask"]].abs().max() > 1e-2
    no_edges = batch | {"edges": batch["edges"][:0]}
    torch.testing.assert_close(model(no_edges)["bug"][0], before, rtol=1e-4, atol=1e-4)
