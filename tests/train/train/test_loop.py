"""The loop learns, stops, and goes on after a cut as if there had been none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from octad.agents.agent import Agent
from octad.encoders.word_pieces import WordPieces
from octad.errors import ArtefactError
from octad_train.sources import source
from octad_train.train.checkpoint import progress_of
from octad_train.train.loop import fit, make_optimiser, schedule
from octad_train.train.objective import Objective
from octad_train.train.settings import Settings
from octad_train.train.stream import Batch, Batches
from tests import tiny

SMALL = {"budget": 96, "pool": 8, "examples": 24, "validate_every": 8, "save_minutes": 0.0}


def batches(agent: Agent[Any, Any], corpus: Path, settings: Settings) -> list[Batch]:
    """The first batches of a stream, each of a few units."""
    pieces = WordPieces(Path(settings.backbone))
    stream = Batches(agent, source(agent, "train")(corpus), pieces, settings, 0)
    return list(islice(stream, 6))


def objective(agent: Agent[Any, Any], corpus: Path, /, **changes: Any) -> tuple[Objective, Settings]:
    settings = tiny.settings(corpus, **SMALL | changes)
    return Objective(agent, tiny.model(agent, corpus), settings.tasks), settings


def run(made: Objective, settings: Settings, cases: list[Batch], figures: Iterator[float]) -> Any:
    return fit(made, iter(cases), settings, validate=lambda model: {made.agent.primary: next(figures)})


def test_a_run_cut_off_ends_as_one_that_was_not(agent: Agent[Any, Any], corpus: Path, tmp_path: Path) -> None:
    whole, settings = objective(agent, corpus, folder=tmp_path / "whole")
    cases = batches(agent, corpus, settings)
    ends = run(whole, settings, cases, iter([0.1, 0.3, 0.2, 0.4]))
    first, settings = objective(agent, corpus, folder=tmp_path / "cut")
    run(first, settings, cases[:2], iter([0.1, 0.3, 0.2, 0.4]))
    done = progress_of(settings.folder / "state.safetensors")["batches"]
    assert done == 2
    second, _ = objective(agent, corpus, folder=tmp_path / "cut")
    left = iter([0.1, 0.3, 0.2, 0.4][len(progress_of(settings.folder / "state.safetensors")["history"]) :])
    resumed = run(second, settings, cases[done:], left)
    assert (resumed.examples, resumed.batches, resumed.best) == (ends.examples, ends.batches, ends.best)
    assert resumed.validated == ends.validated and len(resumed.history) == len(ends.history)
    for (name, one), other in zip(whole.named_parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(one, other, msg=name, rtol=0, atol=0)
    start, _ = objective(agent, corpus, folder=tmp_path / "new")
    assert any(not torch.equal(a, b) for a, b in zip(start.parameters(), whole.parameters(), strict=True))


def test_a_state_of_another_model_is_refused(agent: Agent[Any, Any], corpus: Path) -> None:
    made, settings = objective(agent, corpus)
    run(made, settings, batches(agent, corpus, settings)[:1], iter([0.0] * 9))
    other, _ = objective(agent, corpus, tasks=("bug",))
    with pytest.raises(ArtefactError, match="belongs to another model"):
        run(other, settings, [], iter([]))


def test_patience_ends_a_run(agent: Agent[Any, Any], corpus: Path) -> None:
    made, settings = objective(agent, corpus, patience=0)
    cases = batches(agent, corpus, settings)
    ended = run(made, settings, cases, iter([0.5, 0.4, 0.6, 0.7]))
    assert [row[agent.primary] for row in ended.history] == [0.5, 0.4]
    assert ended.examples < settings.examples
    rows = [json.loads(line) for line in (settings.folder / "log.jsonl").read_text().splitlines()]
    assert rows == ended.history and all("loss/bug" in row for row in rows)


def test_the_piece_table_is_not_trained(agent: Agent[Any, Any], corpus: Path) -> None:
    made, settings = objective(agent, corpus)
    before = made.model.pieces.table.detach().clone()
    run(made, settings, batches(agent, corpus, settings), iter([0.0] * 9))
    assert torch.equal(made.model.pieces.table, before)


def test_tasks_left_out_stay_as_they_are(agent: Agent[Any, Any], corpus: Path) -> None:
    made, settings = objective(agent, corpus, tasks=("bug",))
    before = {name: p.detach().clone() for name, p in made.model.core.heads.named_parameters()}
    run(made, settings, batches(agent, corpus, settings), iter([0.0] * 9))
    changed = {
        name.split(".")[0]
        for name, p in made.model.core.heads.named_parameters()
        if not torch.equal(p, before[name])
    }
    assert changed == {"bug"}


def test_the_rate_rises_and_falls() -> None:
    rates = [schedule(done, 0.1) for done in np.linspace(0, 1, 21)]
    assert rates[0] == 0.01 and rates[-1] == 0.0
    assert max(rates) == schedule(0.1, 0.1) == 1.0
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert schedule(0.55, 0.1) == pytest.approx(0.5)
    assert schedule(0.0, 0.0) == 1.0


def test_only_matrices_decay(agent: Agent[Any, Any], corpus: Path) -> None:
    made, settings = objective(agent, corpus)
    decayed, plain = make_optimiser(made, settings).param_groups
    assert decayed["weight_decay"] == settings.decay and plain["weight_decay"] == 0.0
    assert all(p.dim() >= 2 for p in decayed["params"]) and all(p.dim() < 2 for p in plain["params"])
    assert len(decayed["params"]) + len(plain["params"]) == sum(p.requires_grad for p in made.parameters())
