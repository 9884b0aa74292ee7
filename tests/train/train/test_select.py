"""The selector keeps what the model finds hardest, of every group one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from octad.agents.agent import Agent
from octad.encoders.word_pieces import WordPieces
from octad.errors import InputError
from octad_train.sources import source
from octad_train.train.assemble import runner_of
from octad_train.train.objective import Objective
from octad_train.train.run import train
from octad_train.train.select import hardest, selected
from octad_train.train.stream import Example, example
from tests import tiny

SMALL: dict[str, Any] = {"budget": 96, "pool": 6, "examples": 12, "candidates": 3, "save_minutes": 0.0}


def location_loss(agent: Agent[Any, Any], folder: Path, made: Objective, one: Example) -> float:
    """Minus the log of the probability of the true place, by way of the head's own decoding."""
    head = agent.heads["bug"]
    made.eval()
    runner = runner_of(agent, made.model, WordPieces(folder / "backbone"))
    outputs = runner.run([one.unit])[0]["bug"]
    item = int(one.targets["bug"]["truth"][0])
    return -float(np.log(head.probability(outputs, one.unit, item, "")))


def test_of_every_group_the_one_furthest_from_the_truth(agent: Agent[Any, Any], corpus: Path) -> None:
    settings = tiny.settings(corpus, **SMALL)
    made = Objective(agent, tiny.model(agent, corpus), settings.tasks)
    pieces = WordPieces(Path(settings.backbone))
    groups = [
        [example(agent, case, label, pieces) for case, label in group]
        for group in islice(source(agent, "train")(corpus).candidates(0, 0, 1, 3), 8)
    ]
    kept = hardest(made, groups, "bug", settings.budget)
    assert made.training
    assert max(map(len, groups)) == 3
    for group, chosen in zip(groups, kept, strict=True):
        losses = [location_loss(agent, corpus, made, one) for one in group]
        assert location_loss(agent, corpus, made, chosen) == pytest.approx(max(losses), rel=0.05)


def test_a_run_with_a_selector_trains_and_goes_on(
    agent: Agent[Any, Any], corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octad_train.train.run.figures", lambda runner, cases: {agent.primary: 0.5})
    cases, held_out = source(agent, "train")(corpus), source(agent, "valid")(corpus, "valid", 4)
    seen: list[int] = []
    for examples in (12, 24):
        settings = tiny.settings(corpus, **SMALL | {"examples": examples})
        train(agent, cases, held_out, settings, lambda progress, size: seen.append(progress.examples))
    assert seen == sorted(seen) and seen[-1] == 24


def test_what_cannot_be_selected_is_said(agent: Agent[Any, Any], corpus: Path) -> None:
    settings = tiny.settings(corpus, **SMALL)
    made = Objective(agent, tiny.model(agent, corpus), settings.tasks)

    class Plain:
        def stream(self, seed: int, shard: int, shards: int) -> Iterator[Any]:
            yield from ()

    with pytest.raises(InputError, match="nothing to select from"):
        next(selected(made, Plain(), WordPieces(Path(settings.backbone)), settings, 0))
