"""A whole run keeps its best weights, and goes on where it was cut off, with cases that it has not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from octad.agents.agent import Agent
from octad_train.sources import source
from octad_train.train.assemble import make_pieces
from octad_train.train.checkpoint import STATE, progress_of
from octad_train.train.loop import Progress
from octad_train.train.objective import Objective
from octad_train.train.run import BEST, runner_in_training, train
from octad_train.train.settings import Settings
from tests import tiny
from tests.train import messages

SMALL: dict[str, Any] = {
    "budget": 96,
    "pool": 8,
    "examples": 24,
    "validate_every": 8,
    "save_minutes": 0.0,
}


def silent(progress: Progress, size: int) -> None:
    """Report nothing."""


class Recorded:
    """Messages without end; keeps the seeds that it was asked for."""

    def __init__(self) -> None:
        self.seeds: list[int] = []

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[messages.Pair]:
        self.seeds.append(seed)
        return messages.training(messages.agent, Path()).stream(seed, shard, shards)


def centre(module: nn.Module) -> torch.Tensor:
    """What numbers are standardised by."""
    found = [one for name, one in module.named_buffers() if name.endswith("embedding.centre")]
    return found[0].clone()


def test_a_run_keeps_the_best_and_a_resumed_one_does_not_lose_them(
    agent: Agent[Any, Any], corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([0.4, 0.7, 0.5, 0.6, 0.6, 0.6])
    monkeypatch.setattr("octad_train.train.run.figures", lambda runner, cases: {agent.primary: next(figures)})
    settings = tiny.settings(corpus, **SMALL)
    cases, held_out = source(agent, "train")(corpus), source(agent, "valid")(corpus, "valid", 4)
    made = train(agent, cases, held_out, settings, silent)
    best = (settings.folder / BEST).read_bytes()
    kept = {name: p.detach().clone() for name, p in made.named_parameters()}
    again = train(agent, cases, held_out, settings, silent)
    assert (settings.folder / BEST).read_bytes() == best
    assert all(torch.equal(p, kept[name]) for name, p in again.named_parameters())


def run(settings: Settings, cases: Recorded) -> tuple[Objective, list[int]]:
    """A run on messages, and how many examples were read after each batch."""
    seen: list[int] = []
    held_out = messages.cases("valid")[:6]
    made = train(
        messages.agent, cases, held_out, settings, lambda progress, size: seen.append(progress.examples)
    )
    return made, seen


def test_a_run_that_was_cut_off_goes_on_and_reads_on(tmp_path: Path) -> None:
    cases = Recorded()
    first, before = run(tiny.settings(tmp_path, **SMALL, stop_minutes=0.0), cases)
    state = tmp_path / "run" / STATE
    assert before == [progress_of(state)["examples"]] and before[0] < SMALL["examples"]
    assert cases.seeds == [0, 0], "to standardise numbers, then to learn"
    second, after = run(tiny.settings(tmp_path, **SMALL), cases)
    assert after[0] > before[0] and after == sorted(after) and after[-1] >= SMALL["examples"]
    assert cases.seeds == [0, 0, 1000]
    torch.testing.assert_close(centre(second.model), centre(first.model), rtol=0, atol=0)
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert rows == progress_of(state)["history"]
    assert {"examples", "loss/kind", messages.agent.primary} <= set(rows[-1])


def test_a_run_that_is_over_reads_one_batch_more_at_most(tmp_path: Path) -> None:
    settings, cases = tiny.settings(tmp_path, **SMALL), Recorded()
    run(settings, cases)
    _, after = run(settings, cases)
    assert len(after) <= 1


def test_a_new_model_standardises_its_numbers(tmp_path: Path) -> None:
    settings = tiny.settings(tmp_path, **SMALL)
    assert not centre(tiny.model(messages.agent, tmp_path)).any()
    made, _ = run(settings, Recorded())
    assert centre(made.model).any()


@pytest.mark.parametrize("adaptation", ["frozen", "full"])
def test_validation_reads_texts_once_where_the_backbone_is_held(tmp_path: Path, adaptation: str) -> None:
    settings = tiny.settings(tmp_path, adaptation=adaptation)
    objective = Objective(messages.agent, tiny.model(messages.agent, tmp_path, adaptation=adaptation))
    runner = runner_in_training(objective, make_pieces(settings))
    assert (runner.states is objective.states) is (adaptation == "frozen")
