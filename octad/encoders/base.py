"""What every encoder gives: items with texts, numbers, subjects and relations, and where each came from.

Legend: N items, K numbers of an item, E edges.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.encoders.sequences import TokenSequence
from octad.records.report import Anchor

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
NO_EDGES: Ints = np.zeros((0, 3), np.int32)
NO_INTS: Ints = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Items:
    """What one encoder reads of a case.

    Either `texts` has a text for each item ("" for none), which the backbone reads by itself, or `tokens` is
    one sequence whose tokens are the items. `kinds` tells sorts of items apart and `numbers` `[N, K]` are of
    order one. Items with the same subject (a service) and items that share a link (a file, a revision) may
    attend to each other across encoders; `edges` `[E, 3]` (source, target, relation) are within. `names` are
    for people, `candidates` marks the items that a ranking may choose. `owners` says of which item each is a
    part (each of itself where empty), `groups` numbers what is hidden together when evidence is sought (the
    owners where empty). `source` is what the items were made of, for heads that read more than items;
    `left_out` says what of it no item is of, "" where nothing is.
    """

    names: tuple[str, ...]
    anchors: Sequence[Anchor | None]
    texts: tuple[str, ...] = ()
    tokens: TokenSequence | None = None
    numbers: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    kinds: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    links: tuple[tuple[str, ...], ...] = ()
    candidates: tuple[bool, ...] = ()
    owners: tuple[int, ...] = ()
    groups: Ints = field(default_factory=NO_INTS.copy)
    edges: Ints = field(default_factory=NO_EDGES.copy)
    source: Any = None
    left_out: str = ""

    def __len__(self) -> int:
        return len(self.names)


class Encoder(ABC):
    """Turns records of a case into items; pure, without torch.

    `fields` names the fields of the case that it reads, its own name where empty; `size` is K, `kinds`
    and `relations` are how many sorts of items and of edges between them there are. `token_features` are the
    sizes of the categorical features of its tokens and `token_relations` the number of relations between
    them: none where it gives plain texts.
    """

    size: int = 0
    kinds: int = 1
    relations: int = 0
    token_features: tuple[int, ...] = ()
    token_relations: int = 0

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    @abstractmethod
    def items(self, *records: Any) -> Items | None:
        """The items of the records, in the order of `fields`; None where there is nothing to read."""
