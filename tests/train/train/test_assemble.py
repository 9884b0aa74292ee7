from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from octad import catalog, golden
from octad.agents.agent import Agent
from octad.encoders.word_pieces import WordPieces
from octad.model import Model, group_tensors, item_tensors
from octad.nn.backbone import Pretrained
from octad.nn.core import Outputs
from octad.records.code import Code
from octad.runtime import Runner
from octad.syntax.relations import FAMILIES, outside
from octad_train.nn.baselines import BaselineMixer, Convolutional, Recurrent
from octad_train.train.assemble import backbone_folder, make_model, merge_adapters, runner_of
from octad_train.train.finish import store
from tests import tiny
from tests.contract.agents import commit_kind

TEXTS = ("def f(a, b):\n    return a < b\n", "x = 1\n")


@pytest.fixture(scope="module")
def agent() -> Agent[Any, Any]:
    return catalog.load(catalog.entries()[0].name)


@pytest.fixture(scope="module")
def batch(agent: Agent[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two units: their sequences as one group, which state each item reads, and their items."""
    pieces = tiny.runner(agent, tmp_path_factory.mktemp("batch")).pieces
    cases = [agent.case(code=Code(path="a.py", text=text)) for text in TEXTS]
    made = agent.collate([agent.prepare(case, pieces) for case in cases])
    groups, reads = group_tensors(made)
    return {"groups": groups, "reads": reads, "items": item_tensors(made)}


def states(model: Model, batch: dict[str, Any]) -> Tensor:
    """What the encoder makes of the longest text."""
    with torch.no_grad():
        return model.encode(batch["groups"][-1])


def outputs(model: Model, batch: dict[str, Any]) -> Outputs:
    with torch.no_grad():
        made: Outputs = model(**batch)
    return made


def test_adapters_are_injected_trained_and_merged(
    agent: Agent[Any, Any], tmp_path: Path, batch: dict[str, Any]
) -> None:
    model = make_model(agent, tiny.settings(tmp_path, adaptation="lora")).eval()
    backbone = model.encoder.backbone
    learned = {name for name, p in backbone.named_parameters() if p.requires_grad}
    assert learned and all("lora_" in name for name in learned)
    plain = tiny.model(agent, tmp_path)
    torch.manual_seed(0)
    with torch.no_grad():
        for name, p in backbone.named_parameters():
            if name in learned:
                p.normal_(std=0.1)
    adapted = states(model, batch)
    assert (adapted - states(plain, batch)).abs().max() > 1e-2
    merge_adapters(model.encoder)
    assert not any("lora_" in name for name, _ in model.named_parameters())
    assert set(model.state_dict()) == set(plain.state_dict())
    torch.testing.assert_close(states(model, batch), adapted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({}, Pretrained), ({"encoder": "recurrent"}, Recurrent), ({"encoder": "convolutional"}, Convolutional)],
)
def test_every_encoder_serves_the_same_heads(
    agent: Agent[Any, Any], tmp_path: Path, batch: dict[str, Any], changes: dict[str, Any], kind: type
) -> None:
    model = tiny.model(agent, tmp_path, **changes)
    assert isinstance(model.encoder.backbone, kind)
    found = outputs(model, batch)
    assert {name: len(tensors) for name, tensors in found.items()} == {
        n: len(h.outputs) for n, h in agent.heads.items()
    }
    assert all(bool(tensor.isfinite().all()) for tensors in found.values() for tensor in tensors)


@pytest.mark.parametrize("encoder", ["recurrent", "convolutional"])
def test_where_streams_are_joined_the_layers_that_join_them_are_exchanged(
    tmp_path: Path, encoder: str
) -> None:
    agent = commit_kind.agent
    model = tiny.model(agent, tmp_path, encoder=encoder)
    assert isinstance(model.encoder.backbone, Pretrained)
    assert isinstance(model.core.fusion.mixer, BaselineMixer)
    runner = runner_of(agent, model, WordPieces(tmp_path / "backbone"))
    (answer,) = runner.answers([agent.example])
    assert sum(answer.kind.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["code-reviewer", "pisarz"])
def test_convolutions_are_stored_and_loaded_as_any_version(tmp_path: Path, name: str) -> None:
    """A server falls back to them; what is exported takes batches of other sizes than it was traced with."""
    made = catalog.load(name)
    model = tiny.model(made, tmp_path, encoder="convolutional")
    held_out = [(made.example, made.label())]
    store(made, model, held_out, tiny.settings(tmp_path, encoder="convolutional"), tmp_path / "weights")
    loaded = Runner.load(made, tmp_path / "weights")
    one, two = loaded.answers([made.example, made.example])
    assert golden.difference(golden.plain(one), golden.plain(two)) == ""
    assert loaded.manifest.recipe["encoder"] == "convolutional"


def test_scratch_has_the_shape_and_not_the_weights(agent: Agent[Any, Any], tmp_path: Path) -> None:
    one, other = tiny.model(agent, tmp_path), tiny.model(agent, tmp_path, encoder="scratch", seed=9)
    shapes = [{name: p.shape for name, p in model.named_parameters()} for model in (one, other)]
    assert shapes[0] == shapes[1]
    name = "encoder.backbone.model.encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(one.get_parameter(name), other.get_parameter(name))


def test_relations_can_be_left_out(agent: Agent[Any, Any], tmp_path: Path, batch: dict[str, Any]) -> None:
    """Without any of them the states are those of a batch without edges, whatever was learned."""
    model, without, few = (
        tiny.model(agent, tmp_path, relations=families) for families in (tuple(FAMILIES), (), ("names",))
    )
    before = states(model, batch)
    mask = batch["groups"][-1]["mask"]
    for one in (model, without, few):
        torch.manual_seed(0)
        nn.init.normal_(one.encoder.bias.weight)
    assert (states(model, batch) - before)[mask].abs().max() > 1e-2
    torch.testing.assert_close(states(without, batch), before, rtol=1e-4, atol=1e-4)
    edges = batch["groups"][-1]["edges"]
    kept = edges[~torch.isin(edges[:, 3], torch.tensor(outside(("names",))))]
    assert 0 < len(kept) < len(edges)
    named = {**batch, "groups": [{**batch["groups"][-1], "edges": kept}]}
    torch.testing.assert_close(states(few, batch), states(model, named), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("adaptation", "learned"),
    [("full", {"encoder.backbone", "core"}), ("frozen", {"core"}), ("heads", {"core"})],
)
def test_an_adaptation_says_what_is_learned(tmp_path: Path, adaptation: str, learned: set[str]) -> None:
    model = make_model(commit_kind.agent, tiny.settings(tmp_path, adaptation=adaptation))
    names = {name for name, p in model.named_parameters() if p.requires_grad}
    found = {name.split(".")[0] if name[:4] == "core" else ".".join(name.split(".")[:2]) for name in names}
    assert found == learned
    assert (all(name.startswith("core.heads.") for name in names)) is (adaptation == "heads")


def test_what_the_agent_declares_is_the_default(tmp_path: Path) -> None:
    """The reviewer of code trains the whole backbone, an agent that says nothing of it trains none of it."""
    frozen = make_model(commit_kind.agent, tiny.settings(tmp_path))
    assert not any(p.requires_grad for p in frozen.encoder.parameters())
    full = make_model(catalog.load(catalog.entries()[0].name), tiny.settings(tmp_path))
    assert any(p.requires_grad for p in full.encoder.backbone.parameters())


def test_nothing_drops_out_in_what_is_held(tmp_path: Path) -> None:
    model = make_model(commit_kind.agent, tiny.settings(tmp_path, adaptation="heads"))
    assert all(part.p == 0.0 for part in model.modules() if isinstance(part, nn.Dropout))


def test_a_backbone_is_the_embedded_one_or_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad_train.train.assemble.embedded", lambda: tmp_path / "package")
    assert backbone_folder("embedded") == tmp_path / "package"
    assert backbone_folder(str(tmp_path / "own")) == tmp_path / "own"
