"""A case as arrays: the one prepared form of all agents.

Legend: N items of the case, S sequences, K numbers of all inputs side by side, E edges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Items
from octad.encoders.sequences import PieceSequence
from octad.records.report import Anchor

Array = NDArray[Any]
Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


class Added(Protocol):
    """What an extension adds to a case."""

    def arrays(self) -> Mapping[str, Array]:
        """What of it the model reads, by name."""


class Part(NamedTuple):
    """What one input gave, and the position of its first item."""

    name: str
    first: int
    items: Items


@dataclass(frozen=True, slots=True)
class Prepared:
    """The items of a case, shared ones first; item 0 is a summary and never masked.

    `reads` `[N, 2]` names the state of each item as (sequence, row of it), -1 for none. `features` `[N, 2]`
    are stream and kind, `subject` `[N]` numbers subjects from 1, `numbers` `[N, K]`, `edges` `[E, 3]`
    (source, target, relation), `mask` `[N]` is false where an item is hidden. `added` is what extensions add,
    by their names; `shared` is how many items come before those that were read.
    """

    parts: tuple[Part, ...]
    sequences: tuple[PieceSequence, ...]
    reads: Ints
    features: NDArray[np.uint8]
    numbers: Floats
    subject: Ints
    edges: Ints
    mask: NDArray[np.bool_]
    shared: int
    added: Mapping[str, Added] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.reads)

    @property
    def cost(self) -> int:
        """What reading it takes, in items and tokens; a sequence whose tokens are items counts once."""
        return len(self) + sum(len(one) for one in self.sequences if one.pooled)

    @property
    def present(self) -> frozenset[str]:
        """The inputs that had anything to read."""
        return frozenset(part.name for part in self.parts)

    @property
    def fingerprint(self) -> str:
        """A digest of everything that the model reads, so that outputs can be remembered by content."""
        found = hashlib.sha256("".join(one.key for one in self.sequences).encode())
        names = ("reads", "features", "numbers", "subject", "edges", "mask")
        arrays = [(name, getattr(self, name)) for name in names]
        arrays += [pair for _, added in sorted(self.added.items()) for pair in added.arrays().items()]
        for name, array in arrays:
            found.update(f"{name} {array.dtype} {array.shape}".encode())
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()

    def shown(self, item: int, path: str) -> tuple[Anchor, str]:
        """Where an item came from, and its name; `path` names an input that knows no file."""
        part, index = self.at(item)
        anchor = part.items.anchors[index]
        if anchor is None:
            anchor = Anchor(path=path, line=1, end_line=1, end_column=1)
        return anchor.model_copy(update={"path": anchor.path or path}), part.items.names[index]

    def at(self, item: int) -> tuple[Part, int]:
        """The input that an item is of, and its number there; raises IndexError for shared items."""
        for part in self.parts:
            if part.first <= item < part.first + len(part.items):
                return part, item - part.first
        raise IndexError(f"item {item} is of no input")

    def candidates(self, inputs: Sequence[str]) -> NDArray[np.bool_]:
        """Which items `[N]` of some inputs a ranking may choose; item 0 stands for none of them."""
        found = np.zeros(len(self), np.bool_)
        found[0] = True
        for part in self.parts:
            if part.name in inputs and part.items.candidates:
                found[part.first : part.first + len(part.items)] = part.items.candidates
        return found

    def source(self, kind: type[Any]) -> Any:
        """What the items of an input were made of, where that is of a kind; raises LookupError."""
        for part in self.parts:
            if isinstance(part.items.source, kind):
                return part.items.source
        raise LookupError(f"no input was made of {kind.__name__}")

    def without(self, items: Sequence[int] | NDArray[np.int64]) -> Prepared:
        """The same with some items hidden: from each other, and as tokens of their sequence."""
        hidden = np.asarray(items, np.int64)
        mask = self.mask.copy()
        mask[hidden] = False
        sequences = list(self.sequences)
        for number in {int(n) for n in self.reads[hidden, 0]} - {-1}:
            one = sequences[number]
            if not one.pooled:
                own = hidden[self.reads[hidden, 0] == number]
                visible = one.mask.copy()
                visible[self.reads[own, 1]] = False
                sequences[number] = replace(one, mask=visible)
        return replace(self, mask=mask, sequences=tuple(sequences))
