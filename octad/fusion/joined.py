"""Several inputs as one stream of items: a summary, bottleneck items, then what each input gave.

Legend: L items, N numbers of all inputs side by side, E edges.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.fusion.base import Choice, Fusion
from octad.modalities.base import ItemModality, Items
from octad.modalities.code import padded, with_row
from octad.records.report import Anchor

if TYPE_CHECKING:
    from torch import Tensor, nn

    from octad.backbones import Pretrained
    from octad.modalities.pieces import Pieces

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
LINK = 0
"""The relation of items that share a link, whatever inputs they are of."""
NEAR, BEST = 40, 12
"""Items with their parts among which evidence is sought, and those of them that may be shown."""
MOST_LINKED = 64
"""A link that more items share joins nothing: it says as little as none."""


class Part(NamedTuple):
    """What one input gave, and the position of its first item."""

    name: str
    first: int
    items: Items


@dataclass(frozen=True, slots=True)
class PreparedCase:
    """A case as arrays: pieces of words, numbers, (stream, kind) and subject of each item, typed edges."""

    parts: tuple[Part, ...]
    pieces: Ints
    starts: Ints
    features: NDArray[np.uint8]
    numbers: Floats
    subject: Ints
    edges: Ints
    fingerprint: str

    @property
    def cost(self) -> int:
        """How many items an encoder has to read."""
        return len(self.starts)

    @property
    def present(self) -> frozenset[str]:
        """The inputs that had anything to read."""
        return frozenset(part.name for part in self.parts)

    @property
    def first(self) -> int:
        """A summary and bottleneck items come before."""
        return int((self.features[:, 0] == 0).sum())

    def neighbourhood(self, item: int) -> list[NDArray[np.int64]]:
        """Items with their parts: those of the same subject first, then those whose numbers say most."""
        owners = np.arange(self.cost)
        for part in self.parts:
            for index, owner in enumerate(part.items.owners):
                owners[part.first + index] = part.first + owner
        items = np.arange(self.first, self.cost)
        items = items[items != item]
        if not len(items):
            return []
        order = items[np.argsort(owners[items], kind="stable")]
        groups = np.split(order, np.flatnonzero(np.diff(owners[order])) + 1)
        own = self.subject[item] if self.subject[item] > 0 else -1
        size = np.abs(self.numbers).sum(1)
        groups.sort(key=lambda group: (self.subject[group[0]] != own, -float(size[group[0]]), int(group[0])))
        return groups[:NEAR]

    def split(self, groups: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        """The groups as they are: a series is shown whole."""
        return list(groups[:BEST])

    def shown(self, item: int, path: str) -> tuple[Anchor, str]:
        """Where the item came from, and its name."""
        part, index = self.at(item)
        anchor = part.items.anchors[index]
        return anchor or Anchor(path=path, line=1, end_line=1, end_column=1), part.items.names[index]

    def at(self, item: int) -> tuple[Part, int]:
        """The input that an item is of, and its number there; raises IndexError for shared items."""
        for part in self.parts:
            if part.first <= item < part.first + len(part.items):
                return part, item - part.first
        raise IndexError(f"item {item} is of no input")

    def candidates(self, streams: Sequence[str]) -> NDArray[np.bool_]:
        """Which items `[L]` of some inputs a ranking may choose; item 0 stands for none of them."""
        found = np.zeros(self.cost, np.bool_)
        found[0] = True
        for part in self.parts:
            if part.name in streams:
                found[part.first : part.first + len(part.items)] = part.items.candidates
        return found


class CaseBatch(NamedTuple):
    """Padded cases; `edges` rows are (row, source, target, relation)."""

    pieces: Ints
    starts: Ints
    features: NDArray[np.uint8]
    numbers: Floats
    subject: Ints
    mask: NDArray[np.bool_]
    edges: Ints


@dataclass(frozen=True, slots=True)
class Joined(Fusion):
    """Streams joined by `bottlenecks` items; `layers` within each stream and across them."""

    size: int = 128
    heads: int = 4
    layers: tuple[int, int] = (2, 2)
    bottlenecks: int = 4
    dropout: float = 0.1
    opinions: Mapping[str, str] = field(default_factory=dict)

    def prepare(self, case: Any, inputs: Mapping[str, ItemModality], pieces: Pieces) -> PreparedCase:
        """The items of every input that has any, behind the shared ones."""
        parts: list[Part] = []
        first = 1 + self.bottlenecks
        for name, modality in inputs.items():
            items = modality.items(*(getattr(case, field) for field in modality.fields or (name,)))
            if items is not None and len(items):
                parts.append(Part(name, first, items))
                first += len(items)
        words: list[tuple[int, ...]] = [(pieces.summary,)] * (1 + self.bottlenecks)
        words += [pieces.of_text(word) for part in parts for word in part.items.words]
        lengths = np.fromiter(map(len, words), np.int32, len(words))
        starts = np.zeros(len(words), np.int32)
        np.cumsum(lengths[:-1], out=starts[1:])
        return PreparedCase(
            parts=tuple(parts),
            pieces=np.fromiter((p for word in words for p in word), np.int32, int(lengths.sum())),
            starts=starts,
            features=self._features(parts, list(inputs)),
            numbers=_numbers(parts, inputs, first),
            subject=_subjects(parts, first),
            edges=_edges(parts, inputs),
            fingerprint=hashlib.sha256(case.model_dump_json().encode("utf-8", "replace")).hexdigest()[:32],
        )

    def collate(self, units: Sequence[PreparedCase]) -> CaseBatch:
        """Pad to the longest case."""
        B, L = len(units), padded(units)
        starts, subject = np.zeros((B, L), np.int32), np.zeros((B, L), np.int32)
        features, mask = np.zeros((B, L, 2), np.uint8), np.zeros((B, L), np.bool_)
        numbers = np.zeros((B, L, units[0].numbers.shape[1]), np.float32)
        total = 0
        for row, unit in enumerate(units):
            n = unit.cost
            starts[row, :n] = unit.starts + total
            total += len(unit.pieces)
            starts[row, n:] = total
            features[row, :n], numbers[row, :n], subject[row, :n] = unit.features, unit.numbers, unit.subject
            mask[row, :n] = True
        return CaseBatch(
            np.concatenate([unit.pieces for unit in units]),
            starts.reshape(-1),
            features,
            numbers,
            subject,
            mask,
            with_row([unit.edges for unit in units]),
        )

    def relations(self, inputs: Mapping[str, ItemModality]) -> int:
        """Shared links, and what each input tells apart."""
        return 1 + sum(modality.relations for modality in inputs.values())

    def width(self, backbone: int, head: str) -> int:
        """Its own."""
        return self.size

    def network(
        self,
        inputs: Mapping[str, ItemModality],
        heads: Mapping[str, nn.Module],
        base: Pretrained,
        choice: Choice,
    ) -> nn.Module:
        """A small transformer over all items, or a twin in its place, under the heads."""
        from octad.nn.joined import Bottleneck, Front, JoinedCore, TwinOf
        from octad.nn.trees import Opinion
        from octad.nn.twins import TWINS

        streams, relations = 1 + len(inputs), self.relations(inputs)
        kinds = max(1 + self.bottlenecks, *(modality.kinds for modality in inputs.values()))
        front = Front(base.width, _owners(inputs), (streams, kinds), self.size)
        encoder: nn.Module
        if choice.encoder in TWINS:
            encoder = TwinOf(TWINS[choice.encoder](self.size), streams)
        else:
            encoder = Bottleneck(self.size, self.heads, self.layers, streams, relations, self.dropout)
            encoder.bias.weight.requires_grad_(bool(choice.relations))
        opinions = {head: Opinion(1 + list(inputs).index(name)) for head, name in self.opinions.items()}
        return JoinedCore(front, encoder, heads, relations, opinions)

    def _features(self, parts: Sequence[Part], names: list[str]) -> NDArray[np.uint8]:
        rows = [(0, kind) for kind in range(1 + self.bottlenecks)]
        rows += [(1 + names.index(part.name), kind) for part in parts for kind in part.items.kinds]
        return np.array(rows, np.uint8)


def _owners(inputs: Mapping[str, ItemModality]) -> Tensor:
    """Which numbers `[S, N]` are of which stream; the shared one has none."""
    import torch

    sizes = [modality.size for modality in inputs.values()]
    columns = torch.repeat_interleave(torch.arange(1, len(sizes) + 1), torch.tensor(sizes))
    return columns[None, :] == torch.arange(len(sizes) + 1)[:, None]


def _numbers(parts: Sequence[Part], inputs: Mapping[str, ItemModality], cost: int) -> Floats:
    """Each input has its own columns: what is not its own is zero."""
    table = np.zeros((cost, sum(modality.size for modality in inputs.values())), np.float32)
    columns = dict(zip(inputs, np.cumsum([0, *(m.size for m in inputs.values())]), strict=False))
    for part in parts:
        column, size = columns[part.name], inputs[part.name].size
        table[part.first : part.first + len(part.items), column : column + size] = part.items.numbers
    return table


def _subjects(parts: Sequence[Part], cost: int) -> Ints:
    """A number for each subject of the case, 0 for none; only equality means anything."""
    numbers: dict[str, int] = {"": 0}
    found = np.zeros(cost, np.int32)
    for part in parts:
        for index, subject in enumerate(part.items.subjects):
            found[part.first + index] = numbers.setdefault(subject, len(numbers))
    return found


def _edges(parts: Sequence[Part], inputs: Mapping[str, ItemModality]) -> Ints:
    """Edges within the inputs, each with relations of its own, and between items that share a link."""
    offsets = dict(zip(inputs, np.cumsum([1, *(m.relations for m in inputs.values())]), strict=False))
    found = [part.items.edges + np.array([part.first, part.first, offsets[part.name]]) for part in parts]
    linked: dict[str, set[int]] = defaultdict(set)
    for part in parts:
        for index, links in enumerate(part.items.links):
            for link in links:
                linked[link].add(part.first + index)
    pairs = {
        pair
        for items in linked.values()
        if len(items) <= MOST_LINKED
        for pair in permutations(sorted(items), 2)
    }
    found.append(np.array([(*pair, LINK) for pair in sorted(pairs)], np.int64).reshape(-1, 3))
    return np.concatenate(found).astype(np.int32)
