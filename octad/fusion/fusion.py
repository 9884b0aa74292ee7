"""The inputs of a case as one stream of items: a summary, bottleneck items, then what each input gave.

Legend: N items, K numbers of all inputs side by side, E edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Encoder
from octad.encoders.prepared import Part, Prepared
from octad.encoders.sequences import PieceSequence, of_text, of_tokens

if TYPE_CHECKING:
    from torch import Tensor

    from octad.encoders.word_pieces import WordPieces
    from octad.nn.fusion import OneStream, StreamFusion

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
LINK = 0
"""The relation of items that share a link, whatever inputs they are of."""
MOST_LINKED = 64
"""A link that more items share joins nothing: it says as little as none."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """Streams joined by `bottlenecks` items; `layers` within each stream and across them, of width `size`.

    Without any layers the states of the backbone are read as they are: the case of one input. In training a
    share `text_dropout` of the cases is read without its texts, so that numbers must do.
    """

    size: int = 128
    heads: int = 4
    layers: tuple[int, int] = (2, 2)
    bottlenecks: int = 4
    dropout: float = 0.1
    text_dropout: float = 0.0

    @property
    def joins(self) -> bool:
        """Whether there is anything to join."""
        return bool(sum(self.layers))

    def width(self, backbone: int) -> int:
        """The width of the states that heads read, over a backbone of some width."""
        return self.size if self.joins else backbone

    def prepare(self, case: Any, inputs: Mapping[str, Encoder], pieces: WordPieces) -> Prepared:
        """The items of every input that has any, behind the shared ones; pure."""
        shared = 1 + self.bottlenecks
        parts: list[Part] = []
        first = shared
        for name, encoder in inputs.items():
            items = encoder.items(*(getattr(case, field) for field in encoder.fields or (name,)))
            if items is not None and (len(items) or items.tokens is not None):
                parts.append(Part(name, first, items))
                first += len(items)
        sequences, reads = _texts(parts, first, pieces)
        if not self.joins:
            reads[0] = (0, 0)
        return Prepared(
            parts=tuple(parts),
            sequences=sequences,
            reads=reads,
            features=self._features(parts, list(inputs)),
            numbers=_numbers(parts, inputs, first),
            subject=_subjects(parts, first),
            edges=_edges(parts, inputs),
            mask=np.ones(first, np.bool_),
            shared=shared,
        )

    def relations(self, inputs: Mapping[str, Encoder]) -> int:
        """Shared links, and what each input tells apart."""
        return 1 + sum(encoder.relations for encoder in inputs.values())

    def network(self, inputs: Mapping[str, Encoder], texts: int) -> StreamFusion | OneStream:
        """The network over items whose texts are vectors of some width."""
        from octad.nn.fusion import Bottleneck, ItemEmbedding, OneStream, StreamFusion

        if not self.joins:
            return OneStream()
        streams = 1 + len(inputs)
        kinds = max(1 + self.bottlenecks, *(encoder.kinds for encoder in inputs.values()))
        embedding = ItemEmbedding(texts, _owners(inputs), (streams, kinds), self.size, self.text_dropout)
        mixer = Bottleneck(self.size, self.heads, self.layers, streams, self.relations(inputs), self.dropout)
        return StreamFusion(embedding, mixer)

    def _features(self, parts: Sequence[Part], names: list[str]) -> NDArray[np.uint8]:
        rows = [(0, kind) for kind in range(1 + self.bottlenecks)]
        for part in parts:
            kinds = part.items.kinds or (0,) * len(part.items)
            rows += [(1 + names.index(part.name), kind) for kind in kinds]
        return np.array(rows, np.uint8)


ONE_STREAM = Fusion(size=0, layers=(0, 0), bottlenecks=0)
"""No fusion: one input, whose tokens are the items that heads read."""


def sizes(inputs: Mapping[str, Encoder]) -> tuple[tuple[int, ...], int]:
    """Sizes of the features of tokens, and how many relations between tokens there are, over all inputs."""
    features = max((encoder.token_features for encoder in inputs.values()), key=len, default=())
    return features, max((encoder.token_relations for encoder in inputs.values()), default=0)


def _texts(parts: Sequence[Part], cost: int, pieces: WordPieces) -> tuple[tuple[PieceSequence, ...], Ints]:
    """The sequences of all inputs, equal texts once, and which state of them each item reads."""
    sequences: list[PieceSequence] = []
    places: dict[str, int] = {}
    reads = np.full((cost, 2), -1, np.int32)
    for part in parts:
        items = part.items
        if items.tokens is not None:
            # The first token stands for the sequence; the items are the others.
            reads[part.first : part.first + len(items), 0] = len(sequences)
            reads[part.first : part.first + len(items), 1] = np.arange(1, len(items) + 1)
            sequences.append(of_tokens(items.tokens, pieces))
        for index, text in enumerate(items.texts):
            if text and text not in places:
                places[text] = len(sequences)
                sequences.append(of_text(text, pieces))
            if text:
                reads[part.first + index] = places[text], 0
    return tuple(sequences), reads


def _owners(inputs: Mapping[str, Encoder]) -> Tensor:
    """Which numbers `[S, K]` are of which stream; the shared one has none."""
    import torch

    counts = [encoder.size for encoder in inputs.values()]
    columns = torch.repeat_interleave(torch.arange(1, len(counts) + 1), torch.tensor(counts))
    return columns[None, :] == torch.arange(len(counts) + 1)[:, None]


def _numbers(parts: Sequence[Part], inputs: Mapping[str, Encoder], cost: int) -> Floats:
    """Each input has its own columns: what is not its own is zero."""
    table = np.zeros((cost, sum(encoder.size for encoder in inputs.values())), np.float32)
    columns = dict(zip(inputs, np.cumsum([0, *(e.size for e in inputs.values())]), strict=False))
    for part in parts:
        column, size = columns[part.name], inputs[part.name].size
        if size:
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


def _edges(parts: Sequence[Part], inputs: Mapping[str, Encoder]) -> Ints:
    """Edges within the inputs, each with relations of its own, and between items that share a link."""
    offsets = dict(zip(inputs, np.cumsum([1, *(e.relations for e in inputs.values())]), strict=False))
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
