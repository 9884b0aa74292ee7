"""The selector keeps what the model finds hardest, of every group one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from octad import catalog
from octad.agent import Agent
from octad.data.rows import Row, write_rows
from octad.errors import InputError
from octad.modalities.pieces import Pieces
from octad.train.assemble import runner_of
from octad.train.loop import Objective
from octad.train.run import train
from octad.train.select import hardest, selected
from octad.train.stream import Example, example
from tests import tiny

TEXT = "def f{0}(first, second):\n    if first < second:\n        return first\n    return second + {0}\n"
SMALL: dict[str, Any] = {"budget": 96, "pool": 6, "examples": 12, "candidates": 3, "save_minutes": 0.0}


@pytest.fixture(scope="module")
def agent() -> Agent[Any, Any]:
    return catalog.load(catalog.entries()[0].name)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    for part in ("train", "valid"):
        rows = [Row("p", f"{i}.py", 1, TEXT.format(i)) for i in range(8)]
        write_rows(tmp_path / f"{part}.jsonl.xz", rows, preset=0)
    return tmp_path


def location_loss(agent: Agent[Any, Any], folder: Path, made: Objective, one: Example) -> float:
    """Minus the log of the probability of the true place, by way of the head's own decoding."""
    head = agent.heads["bug"]
    made.eval()
    runner = runner_of(agent, made.model, Pieces(folder / "backbone"), tiny.WIDTH)
    outputs = runner.run([one.unit])[0]["bug"]
    item = int(one.targets["bug"]["truth"][0])
    return -float(np.log(head.belief(outputs, one.unit, item, "")))


def test_of_every_group_the_one_furthest_from_the_truth(agent: Agent[Any, Any], corpus: Path) -> None:
    settings = tiny.settings(corpus, **SMALL)
    made = Objective(agent, tiny.model(agent, corpus), settings.tasks)
    pieces = Pieces(Path(settings.backbone))
    groups = [
        [example(agent, case, label, pieces) for case, label in group]
        for group in islice(agent.sources["train"](corpus).candidates(0, 0, 1, 3), 8)
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
    monkeypatch.setattr("octad.train.run.figures", lambda runner, cases: {agent.primary: 0.5})
    source, held_out = agent.sources["train"](corpus), agent.sources["valid"](corpus, "valid", 4)
    seen: list[int] = []
    for examples in (12, 24):
        settings = tiny.settings(corpus, **SMALL | {"examples": examples})
        train(agent, source, held_out, settings, lambda progress, size: seen.append(progress.examples))
    assert seen == sorted(seen) and seen[-1] == 24


def test_what_cannot_be_selected_is_said(agent: Agent[Any, Any], corpus: Path) -> None:
    settings = tiny.settings(corpus, **SMALL)
    made = Objective(agent, tiny.model(agent, corpus), settings.tasks)

    class Plain:
        def stream(self, seed: int, shard: int, shards: int) -> Iterator[Any]:
            yield from ()

    with pytest.raises(InputError, match="nothing to select from"):
        next(selected(made, Plain(), Pieces(Path(settings.backbone)), settings, 0))
