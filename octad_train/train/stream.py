"""From labelled cases to batches, cut by cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from octad.agents.agent import Agent
from octad.encoders import batch as batching
from octad.encoders.batch import cut
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.model import group_tensors, item_tensors
from octad.records.base import Record

if TYPE_CHECKING:
    from octad_train.train.settings import Settings

T = TypeVar("T")
Targets = Mapping[str, Mapping[str, Any]]


class Source(Protocol):
    """Labelled cases without end, the same for the same seed."""

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Record, Any]]:
        """Pairs of case and label of one shard of the stream."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prepared case with the targets of every head."""

    unit: Prepared
    targets: Targets


@dataclass(slots=True)
class Batch:
    """Padded cases as tensors: items, targets by head, and how many cases it holds.

    `groups` are padded sequences and `reads` `[B, N]` the states that items read of them; None where the
    backbone is not trained, and states come from `arrays`.
    """

    arrays: batching.Batch
    items: dict[str, Tensor]
    targets: dict[str, dict[str, Tensor]]
    size: int
    reads: Tensor
    groups: list[Mapping[str, Tensor]] | None = None

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""

        def moved(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {name: tensor.to(device, non_blocking=True) for name, tensor in tensors.items()}

        targets = {head: moved(held) for head, held in self.targets.items()}
        groups: list[Mapping[str, Tensor]] | None = None
        if self.groups is not None:
            groups = [moved(group) for group in self.groups]
        return Batch(self.arrays, moved(self.items), targets, self.size, self.reads.to(device), groups)


def example(agent: Agent[Any, Any], case: Record, label: Any, pieces: WordPieces) -> Example:
    """Prepare one labelled case; a head that the label is silent about gets a target that says so."""
    unit = agent.prepare(case, pieces)
    targets = {
        h: head.target(getattr(label, h) if agent.can_answer(h, unit) else None, unit)
        for h, head in agent.heads.items()
    }
    return Example(unit, targets)


def collate(agent: Agent[Any, Any], examples: Sequence[Example], *, frozen: bool = False) -> Batch:
    """Pad examples to one batch; sequences are laid out for training unless the backbone is `frozen`."""
    units = [e.unit for e in examples]
    arrays = agent.collate(units)
    targets = {
        name: head.collate([e.targets[name] for e in examples], units) for name, head in agent.heads.items()
    }
    groups, reads = (None, torch.zeros(0)) if frozen else group_tensors(arrays)
    return Batch(
        arrays,
        item_tensors(arrays),
        {h: {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in t.items()} for h, t in targets.items()},
        len(examples),
        reads,
        groups,
    )


class Batches(IterableDataset[Batch]):
    """Batches without end from a source; every worker reads its own shard."""

    def __init__(
        self,
        agent: Agent[Any, Any],
        source: Source,
        pieces: WordPieces,
        settings: Settings,
        seed: int,
        *,
        frozen: bool = False,
    ) -> None:
        self.agent = agent
        self.source = source
        self.pieces = pieces
        self.settings = settings
        self.seed = seed
        self.frozen = frozen

    def __iter__(self) -> Iterator[Batch]:
        """Fill a pool, sort it by length, cut it, and yield its batches in random order."""
        info = get_worker_info()
        shard, shards = (info.id, info.num_workers) if info else (0, 1)
        order = np.random.default_rng((self.seed, shard))
        pool: list[Example] = []
        for case, label in self.source.stream(self.seed, shard, shards):
            pool.append(example(self.agent, case, label, self.pieces))
            if len(pool) == self.settings.pool:
                batches = cut([len(e.unit) for e in pool], self.settings.budget)
                for index in order.permutation(len(batches)):
                    yield collate(self.agent, [pool[i] for i in batches[index]], frozen=self.frozen)
                pool = []


def loader(batches: IterableDataset[T], workers: int) -> DataLoader[T]:
    """Workers that prepare ahead; none means in this process."""
    strategy = "file_system" if workers > 4 else "file_descriptor"
    torch.multiprocessing.set_sharing_strategy(strategy)  # type: ignore[no-untyped-call]
    return DataLoader(batches, batch_size=None, num_workers=workers, prefetch_factor=8 if workers else None)
