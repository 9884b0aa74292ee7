"""The weighted losses of the tasks, and texts that are read once where the backbone stays as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from octad.agents.agent import Agent
from octad.errors import DeclarationError
from octad.heads.classes import Classes
from octad_train.sources import source
from octad_train.train.objective import Objective
from octad_train.train.stream import Batch, collate, example
from tests import tiny
from tests.contract.agents import commit_kind


def batch(agent: Agent[Any, Any], folder: Path, *, frozen: bool = False) -> Batch:
    pieces = tiny.runner(agent, folder).pieces
    return collate(
        agent, [example(agent, *pair, pieces) for pair in source(agent, "sample")(4)], frozen=frozen
    )


def test_losses_are_those_of_the_tasks_and_weighed(agent: Agent[Any, Any], tmp_path: Path) -> None:
    objective = Objective(agent, tiny.model(agent, tmp_path), ("bug", "uses"))
    total, losses = objective(batch(agent, tmp_path))
    assert set(losses) == {"bug", "uses"} and not any(loss.requires_grad for loss in losses.values())
    assert total.item() == pytest.approx(sum(loss.item() for loss in losses.values()))
    with torch.no_grad():
        objective.weights.log_variance["bug"] += 1
    weighed, again = objective(batch(agent, tmp_path))
    assert again == losses and weighed.item() != total.item()
    every = Objective(agent, tiny.model(agent, tmp_path))
    assert every.tasks == tuple(agent.heads)


def test_where_the_backbone_is_held_a_text_is_read_once(tmp_path: Path) -> None:
    agent = commit_kind.agent
    objective = Objective(agent, tiny.model(agent, tmp_path))
    assert objective.frozen
    held = batch(agent, tmp_path, frozen=True)
    objective(held)[0].backward()
    read = objective.states.computed
    assert read == len(held.arrays.sequences)
    objective(held)
    assert objective.states.computed == read
    assert not any(p.grad is not None for p in objective.model.encoder.parameters())
    assert all(p.grad is not None for p in objective.model.core.heads.parameters())


def test_a_backbone_that_is_trained_gets_gradients(tmp_path: Path) -> None:
    agent = commit_kind.agent
    objective = Objective(agent, tiny.model(agent, tmp_path, adaptation="full"))
    assert not objective.frozen
    objective(batch(agent, tmp_path))[0].backward()
    read = [p.grad for p in objective.model.encoder.backbone.parameters() if p.requires_grad]
    assert any(grad is not None and grad.any() for grad in read)
    assert objective.states.computed == 0


def test_a_head_with_a_loss_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    head = Classes(commit_kind.KINDS)
    head.loss = "no_such"
    agent = replace(commit_kind.agent, heads={"kind": head})
    with pytest.raises(DeclarationError, match="no_such"):
        Objective(agent, tiny.model(agent, tmp_path))
