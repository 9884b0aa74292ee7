"""From labelled cases to batches: every case once a pool, within the budget, labelled where it can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from octad import catalog
from octad.agents.agent import Agent
from octad.encoders.batch import padded
from octad.encoders.word_pieces import WordPieces
from octad.records.code import Code
from octad_train.sources import source
from octad_train.train.objective import Objective
from octad_train.train.settings import Settings
from octad_train.train.stream import Batch, Batches, collate, example
from tests import tiny
from tests.contract.agents import commit_kind

AGENTS = [catalog.load(entry.name) for entry in catalog.entries()]
POOL, BUDGET = 6, 96


class Numbered:
    """Functions of growing length, whose name says which it is."""

    def __init__(self, agent: Agent[Any, Any]) -> None:
        self.agent = agent

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Any, Any]]:
        number = shard
        while True:
            text = f"def f{number}(x):\n" + f"    x = x + {seed}\n" * (1 + number % POOL)
            yield self.agent.case(code=Code(path="a.py", text=text)), self.agent.label()
            number += shards


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return tiny.settings(tmp_path, pool=POOL, budget=BUDGET)


def batches(agent: Agent[Any, Any], settings: Settings, seed: int = 0, count: int = 12) -> list[Batch]:
    pieces = WordPieces(Path(settings.backbone))
    return list(islice(Batches(agent, Numbered(agent), pieces, settings, seed), count))


def lengths(batch: Batch) -> list[int]:
    """Items of each case, those of padding left out."""
    return [int(row.sum()) for row in batch.items["mask"]]


def test_every_case_of_a_pool_is_in_one_batch_within_the_budget(
    agent: Agent[Any, Any], settings: Settings
) -> None:
    found = batches(agent, settings)
    for batch in found:
        rows, items = batch.items["mask"].shape
        assert rows == batch.size == len(batch.reads)
        assert items == padded(lengths(batch))
        assert rows == 1 or rows * max(lengths(batch)) <= BUDGET
    pieces = WordPieces(Path(settings.backbone))
    cases = [case for case, _ in islice(Numbered(agent).stream(0, 0, 1), POOL)]
    first = list(accumulate((Counter(lengths(batch)) for batch in found), Counter.__add__))
    assert Counter(len(agent.prepare(case, pieces)) for case in cases) in first


def test_a_seed_gives_the_same_batches(agent: Agent[Any, Any], settings: Settings) -> None:
    one, two, other = (
        [[unit.key for unit in batch.arrays.sequences] for batch in batches(agent, settings, seed)]
        for seed in (0, 0, 1)
    )
    assert one == two != other


def test_every_worker_reads_its_own_shard(
    agent: Agent[Any, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = SimpleNamespace(id=1, num_workers=2)
    monkeypatch.setattr("octad_train.train.stream.get_worker_info", lambda: worker)
    asked = []

    class Asked(Numbered):
        def stream(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Any, Any]]:
            asked.append((seed, shard, shards))
            return super().stream(seed, shard, shards)

    next(iter(Batches(agent, Asked(agent), WordPieces(Path(settings.backbone)), settings, 7)))
    assert asked == [(7, 1, 2)]


def test_what_nobody_labelled_and_what_nobody_can_answer_is_unlabelled(tmp_path: Path) -> None:
    agent = commit_kind.agent
    pieces = tiny.runner(agent, tmp_path).pieces
    ((case, label),) = commit_kind.sample(agent, 1)
    nothing = case.model_copy(update={"message": None})
    pairs = ((case, label), (case, agent.label()), (nothing, label))
    truth = [int(example(agent, *pair, pieces).targets["kind"]["truth"]) for pair in pairs]
    assert truth == [commit_kind.KINDS.index(label.kind), -1, -1]


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_a_frozen_and_a_trained_backbone_give_the_same_outputs(
    agent: Agent[Any, Any], tmp_path: Path
) -> None:
    runner = tiny.runner(agent, tmp_path, started=True)
    pairs = [(agent.example, agent.label()), *source(agent, "sample")(3)]
    examples = [example(agent, case, label, runner.pieces) for case, label in pairs]
    objective = Objective(agent, runner.engine.model).eval()
    held, learned = collate(agent, examples, frozen=True), collate(agent, examples)
    assert held.groups is None and learned.groups is not None
    with torch.no_grad():
        found, expected = objective.outputs(held), objective.outputs(learned)
        losses = [objective(batch)[1] for batch in (held, learned)]
    assert set(found) == set(expected)
    mask = held.items["mask"]
    for name, tensors in found.items():
        for one, other in zip(tensors, expected[name], strict=True):
            kept = mask if one.shape[:2] == mask.shape else slice(None)
            torch.testing.assert_close(one[kept], other[kept], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-3, atol=1e-4)


def test_a_batch_moves_to_a_device_whole(agent: Agent[Any, Any], settings: Settings) -> None:
    (batch,) = batches(agent, settings, count=1)
    moved = batch.to(torch.device("meta"))
    assert moved.groups is not None and moved.size == batch.size
    tensors = [*moved.items.values(), moved.reads, *(one for group in moved.groups for one in group.values())]
    tensors += [one for targets in moved.targets.values() for one in targets.values()]
    assert {tensor.device.type for tensor in tensors} == {"meta"}
