"""A declaration as one module: what it is trained with is what it is asked with, in any company."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from octad import catalog
from octad.agents.agent import Agent
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.engines import TorchEngine
from octad.model import Model, group_tensors, item_tensors
from octad.nn.fusion import OneStream, StreamFusion
from octad.nn.relations import RelationBias
from octad.states import TextStates
from octad_train.sources import source
from tests import tiny
from tests.contract.agents import commit_kind


class Made(NamedTuple):
    agent: Agent[Any, Any]
    model: Model
    units: list[Prepared]


@pytest.fixture(scope="module", params=["tokens", "texts"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An agent that reads tokens of code, and one that reads texts; relations count."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    tokens = request.param == "tokens"
    agent: Agent[Any, Any] = catalog.load(catalog.entries()[0].name) if tokens else commit_kind.agent
    model = tiny.model(agent, folder, adaptation="full")
    torch.manual_seed(1)
    for module in model.modules():
        if isinstance(module, RelationBias):
            module.weight.data.normal_(std=0.02)
    pieces = WordPieces(folder / "backbone")
    cases = [agent.example, *(case for case, _ in source(agent, "sample")(4))]
    return Made(agent, model, [agent.prepare(case, pieces) for case in cases])


def outputs(made: Made, units: list[Prepared]) -> dict[str, tuple[torch.Tensor, ...]]:
    """As in training: texts and heads in one step."""
    batch = made.agent.collate(units)
    with torch.inference_mode():
        return made.model(*group_tensors(batch), item_tensors(batch))


def test_what_is_trained_is_what_is_asked(made: Made) -> None:
    """One step, and two steps with states in between, give the same."""
    batch = made.agent.collate(made.units)
    whole = outputs(made, made.units)
    engine = TorchEngine(made.model)
    parted = engine.decide(batch, TextStates(engine, "").vectors(batch))
    assert set(whole) == set(parted) >= set(made.agent.heads)
    for name, tensors in whole.items():
        for one, other in zip(tensors, parted[name], strict=True):
            kept = batch.mask if one.shape[:2] == batch.mask.shape else ...
            np.testing.assert_allclose(one.numpy()[kept], other[kept], rtol=1e-3, atol=1e-4)


def test_an_answer_is_the_same_alone_and_in_a_mixed_batch(made: Made) -> None:
    together = outputs(made, made.units)
    for row, unit in enumerate(made.units):
        alone = outputs(made, [unit])
        for name, head in made.agent.heads.items():
            for one, other, per_item in zip(together[name], alone[name], head.per_item, strict=True):
                kept = slice(len(unit)) if per_item else ...
                torch.testing.assert_close(one[row][kept], other[0][kept], rtol=1e-3, atol=1e-4)


def test_hidden_items_change_nothing_but_their_own(made: Made) -> None:
    """Whatever stands where nobody may look, the rest is answered alike."""
    unit = made.units[0]
    hidden = np.array([unit.shared + 1])
    batch = made.agent.collate([unit.without(hidden)])
    engine = TorchEngine(made.model)
    vectors = TextStates(engine, "").vectors(batch)
    other = vectors.copy()
    other[:, hidden] = 7.0
    kept = np.setdiff1d(np.flatnonzero(batch.mask[0]), hidden)
    before, after = (engine.decide(batch, held) for held in (vectors, other))
    for name, head in made.agent.heads.items():
        for one, two, per_item in zip(before[name], after[name], head.per_item, strict=True):
            np.testing.assert_allclose(*((a[0][kept] if per_item else a[0]) for a in (one, two)), atol=1e-5)


def test_word_pieces_are_frozen_and_everything_else_learns(made: Made) -> None:
    batch = made.agent.collate(made.units)
    made.model.zero_grad()
    found = made.model(*group_tensors(batch), item_tensors(batch))
    sum(tensor.float().square().sum() for tensors in found.values() for tensor in tensors).backward()
    table = made.model.pieces.table
    assert not table.requires_grad and table.grad is None
    for part in (made.model.encoder.backbone, made.model.core):
        assert any(p.grad is not None and p.grad.any() for p in part.parameters())


def test_the_parts_follow_from_the_declaration(made: Made) -> None:
    agent, core = made.agent, made.model.core
    assert isinstance(core.fusion, StreamFusion if agent.fusion.joins else OneStream)
    assert list(core.heads) == list(agent.heads)
    extensions = {one.name for one in agent.extensions if one.network(list(agent.inputs), (8, 6)) is not None}
    assert set(core.extensions) == extensions
    features = {size for encoder in agent.inputs.values() for size in encoder.token_features}
    assert (made.model.encoder.features is None) == (made.model.encoder.bias is None) == (not features)


def test_groups_say_where_the_state_of_each_item_lies(made: Made) -> None:
    """Sequences change their order in groups; items still find their own."""
    batch = made.agent.collate(made.units)
    groups, reads = group_tensors(batch)
    assert ((reads == -1).numpy() == (batch.reads == -1)).all()
    states = [(one.key, row) for one in batch.sequences for row in range(one.rows)]
    moved: list[tuple[int, ...]] = []
    for group in groups:
        lengths = group["own"].sum(1).tolist()
        starts = group["starts"].reshape(group["mask"].shape)
        ends = [*starts[1:, 0].tolist(), len(group["pieces"])]
        for row, (length, end) in enumerate(zip(lengths, ends, strict=True)):
            run = tuple(group["pieces"][int(starts[row, 0]) : end].tolist())
            moved += [(*run, place) for place in range(1 if bool(group["pooled"]) else length)]
    pieces = {one.key: tuple(one.pieces.tolist()) for one in batch.sequences}
    for old, new in zip(batch.reads.ravel().tolist(), reads.ravel().tolist(), strict=True):
        if old >= 0:
            key, row = states[old]
            assert moved[new] == (*pieces[key], row)
