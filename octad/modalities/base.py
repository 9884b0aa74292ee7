"""What every modality gives: items with words, numbers, subjects and relations, and where each came from.

Legend: N items, K numbers of an item, E edges.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from octad.records.report import Anchor

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
NO_EDGES: Ints = np.zeros((0, 3), np.int32)


class Prepared(Protocol):
    """A case as unpadded arrays, whatever it was made from."""

    @property
    def cost(self) -> int:
        """How many items an encoder has to read."""

    @property
    def fingerprint(self) -> str:
        """A digest of what was prepared, so that a cache can be keyed by it."""

    @property
    def present(self) -> frozenset[str]:
        """The inputs that had anything to read."""

    @property
    def first(self) -> int:
        """The first item that was read; those before it are shared."""

    def neighbourhood(self, item: int) -> list[Indices]:
        """Groups of items that may be evidence of a claim at `item`, each without it."""

    def split(self, groups: Sequence[Indices]) -> list[Indices]:
        """The groups that matter most, best first, in the pieces that are shown as evidence."""

    def shown(self, item: int, path: str) -> tuple[Anchor, str]:
        """Where an item came from and what it says; `path` names a text that knows no file."""


@dataclass(frozen=True, slots=True)
class Items:
    """What one modality read.

    `kinds` tells its sorts of items apart and `numbers` `[N, K]` are of order one. Items with the same
    subject (a service) and items that share a link (a file, a revision) may look at each other across
    modalities; `edges` `[E, 3]` (source, target, relation) are within. `names` are for people,
    `candidates` marks the items that a ranking may choose, and `owners` says of which item each is a part
    (each of itself where empty).
    """

    words: tuple[str, ...]
    numbers: Floats
    kinds: tuple[int, ...]
    names: tuple[str, ...]
    anchors: tuple[Anchor | None, ...]
    subjects: tuple[str, ...]
    links: tuple[tuple[str, ...], ...]
    candidates: tuple[bool, ...]
    owners: tuple[int, ...] = ()
    edges: Ints = field(default_factory=NO_EDGES.copy)

    def __len__(self) -> int:
        return len(self.words)


class ItemModality(ABC):
    """Turns records of a case into items; pure, without torch.

    `fields` names the fields of the case that it reads, its own name where empty; `size` is K, `kinds`
    and `relations` are how many sorts of items and of edges there are.
    """

    size: int
    kinds: int
    relations: int

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    @abstractmethod
    def items(self, *records: Any) -> Items | None:
        """The items of the records, in the order of `fields`; None where there is nothing to read."""
