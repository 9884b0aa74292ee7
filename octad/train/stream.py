"""From labelled cases to batches, cut by cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from octad.agent import Agent
from octad.modalities.base import Prepared
from octad.modalities.pieces import Pieces
from octad.records.base import Record
from octad.runtime import cut

if TYPE_CHECKING:
    from octad.train.settings import Settings

T = TypeVar("T")
Targets = Mapping[str, Mapping[str, Any]]


class Source(Protocol):
    """Labelled cases without end, the same for the same seed."""

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Record, Any]]:
        """Pairs of case and label of one shard of the stream."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prepared unit with the targets of every head."""

    unit: Prepared
    targets: Targets


@dataclass(slots=True)
class Batch:
    """A padded batch as tensors: inputs, targets by head, and how many units it holds."""

    inputs: dict[str, Tensor]
    targets: dict[str, dict[str, Tensor]]
    size: int

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        inputs = {k: v.to(device, non_blocking=True) for k, v in self.inputs.items()}
        targets = {
            h: {k: v.to(device, non_blocking=True) for k, v in t.items()} for h, t in self.targets.items()
        }
        return Batch(inputs, targets, self.size)


def example(agent: Agent[Any, Any], case: Record, label: Any, pieces: Pieces) -> Example:
    """Prepare one labelled case; a head that the label is silent about gets a target that says so."""
    unit = agent.fusion.prepare(case, agent.inputs, pieces)
    targets = {
        h: head.target(getattr(label, h) if agent.heard(h, unit) else None, unit)
        for h, head in agent.heads.items()
    }
    return Example(unit, targets)


def collate(agent: Agent[Any, Any], examples: Sequence[Example]) -> Batch:
    """Pad examples to one batch."""
    units = [e.unit for e in examples]
    inputs = agent.fusion.collate(units)._asdict()
    targets = {
        name: head.collate([e.targets[name] for e in examples], units) for name, head in agent.heads.items()
    }
    return Batch(
        {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in inputs.items()},
        {h: {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in t.items()} for h, t in targets.items()},
        len(examples),
    )


class Batches(IterableDataset[Batch]):
    """Batches without end from a source; every worker reads its own shard."""

    def __init__(
        self, agent: Agent[Any, Any], source: Source, pieces: Pieces, settings: Settings, seed: int
    ) -> None:
        self.agent = agent
        self.source = source
        self.pieces = pieces
        self.settings = settings
        self.seed = seed

    def __iter__(self) -> Iterator[Batch]:
        """Fill a pool, sort it by length, cut it, and yield its batches in random order."""
        info = get_worker_info()
        shard, shards = (info.id, info.num_workers) if info else (0, 1)
        order = np.random.default_rng((self.seed, shard))
        pool: list[Example] = []
        for case, label in self.source.stream(self.seed, shard, shards):
            pool.append(example(self.agent, case, label, self.pieces))
            if len(pool) == self.settings.pool:
                batches = cut([e.unit.cost for e in pool], self.settings.budget)
                for index in order.permutation(len(batches)):
                    yield collate(self.agent, [pool[i] for i in batches[index]])
                pool = []


def loader(batches: IterableDataset[T], workers: int, *, pin: bool = True) -> DataLoader[T]:
    """Workers that prepare ahead; none means in this process."""
    strategy = "file_system" if workers > 4 else "file_descriptor"
    torch.multiprocessing.set_sharing_strategy(strategy)  # type: ignore[no-untyped-call]
    return DataLoader(
        batches,
        batch_size=None,
        num_workers=workers,
        prefetch_factor=8 if workers else None,
        pin_memory=pin and torch.cuda.is_available(),
    )
