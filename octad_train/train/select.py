"""Of several candidates for a place in the stream the one that the current model finds hardest.

After the selector of BugLab (Allamanis et al. 2021): of the bugs that can be injected in a function most are
easy after a while, and random ones teach ever less. The same holds for correct functions: those that look
wrong are the false alarms of tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from octad.agents.agent import Agent
from octad.encoders.batch import cut
from octad.encoders.word_pieces import WordPieces
from octad.errors import InputError
from octad.heads.pointer import Pointer
from octad.records.base import Record
from octad_train.losses.pointer import location_losses
from octad_train.train.loop import half
from octad_train.train.objective import Objective
from octad_train.train.settings import Settings
from octad_train.train.stream import Batch, Example, collate, example, loader

Group = Sequence[Example]


@runtime_checkable
class Choice(Protocol):
    """Labelled cases without end, each with others that could stand in its place."""

    def candidates(
        self, seed: int, shard: int, shards: int, count: int
    ) -> Iterator[Sequence[tuple[Record, Any]]]:
        """Groups of at most `count` pairs of case and label, of one shard of the stream."""


class Groups(IterableDataset[Group]):
    """Prepared candidates without end; every worker reads its own shard."""

    def __init__(
        self, agent: Agent[Any, Any], source: Choice, pieces: WordPieces, settings: Settings, seed: int
    ) -> None:
        self.agent = agent
        self.source = source
        self.pieces = pieces
        self.count = settings.candidates
        self.seed = seed

    def __iter__(self) -> Iterator[Group]:
        """Prepare every candidate."""
        info = get_worker_info()
        shard, shards = (info.id, info.num_workers) if info else (0, 1)
        for group in self.source.candidates(self.seed, shard, shards, self.count):
            yield [example(self.agent, case, label, self.pieces) for case, label in group]


def selected(
    objective: Objective, source: object, pieces: WordPieces, settings: Settings, seed: int
) -> Iterator[Batch]:
    """Batches of the hardest of each group, a pool at a time, as the model is when the pool is full.

    Raises InputError for an agent whose primary head does not point at what is wrong, and for a source that
    has nothing to choose from.
    """
    agent = objective.agent
    name = agent.primary.partition("/")[0]
    if not isinstance(agent.heads[name], Pointer) or not isinstance(source, Choice):
        raise InputError(f"{agent.name} has nothing to select from", hint="train it with one candidate")
    order = np.random.default_rng((seed, 2))
    pool: list[Group] = []
    for group in loader(Groups(agent, source, pieces, settings, seed), settings.workers):
        pool.append(group)
        if len(pool) == settings.pool:
            chosen = hardest(objective, pool, name, settings.budget)
            batches = cut([len(one.unit) for one in chosen], settings.budget)
            for index in order.permutation(len(batches)):
                yield collate(agent, [chosen[i] for i in batches[index]], frozen=objective.frozen)
            pool = []


def hardest(objective: Objective, pool: Sequence[Group], name: str, budget: int) -> list[Example]:
    """One example of each group: the one at which the head `name` is furthest from the truth."""
    rivals = [one for group in pool if len(group) > 1 for one in group]
    scores = np.zeros(len(rivals))
    device = next(objective.parameters()).device
    objective.eval()
    for batch in cut([len(one.unit) for one in rivals], 4 * budget):  # no gradients are kept
        arrays = collate(objective.agent, [rivals[i] for i in batch], frozen=objective.frozen).to(device)
        with torch.inference_mode(), half(device):
            outputs = objective.outputs(arrays)
        losses = location_losses(outputs[name][0], arrays.targets[name])
        scores[batch] = losses.float().cpu().numpy()
    objective.train()
    left = iter(scores.tolist())
    return [
        group[int(np.argmax([next(left) for _ in group]))] if len(group) > 1 else group[0] for group in pool
    ]
