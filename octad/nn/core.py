"""An encoder over the items of one input, under its heads: what is exported and what is stored.

Legend: B rows, L items, D width, F features, R relations, E edges, T uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from octad.nn.budget import budget_of
from octad.nn.items import FeatureSum
from octad.nn.meeting import Meeting
from octad.nn.pattern import pairs_of, pattern_of
from octad.nn.relations import NoRelations, RelationBias
from octad.nn.sparse import plan_of

Outputs = dict[str, tuple[Tensor, ...]]
LONGEST = 512
"""Items that an exported graph takes at most: the positions that the backbones know."""


class Core(nn.Module):
    """Everything after the piece embeddings.

    The heads that are named in `met` read what is found where uses meet their definitions, the others the
    states of all items.
    """

    ragged = frozenset({"far", "uses", "near", "meetings"})
    """Inputs with a row for every use, whatever unit it is of."""

    def __init__(
        self,
        features: FeatureSum,
        encoder: nn.Module,
        bias: RelationBias | NoRelations,
        heads: Mapping[str, nn.Module],
        relations: int,
        meeting: Meeting | None = None,
        met: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.features = features
        self.encoder = encoder
        self.bias = bias
        self.heads = nn.ModuleDict(dict(heads))
        self.relations = relations
        self.meeting = meeting
        self.met = tuple(met)
        self.longest = LONGEST

    def forward(
        self, vectors: Tensor, features: Tensor, mask: Tensor, indicator: Tensor, **between: Tensor
    ) -> Outputs:
        """Vectors `[B, L, D]`, features `[B, L, F]`, mask `[B, L]`, indicator `[B, R, L, L]`.

        `between` are the inputs of `Meeting`: far `[T, ...]`, uses, near and meetings.
        """
        return self._asked(self.states(vectors, features, mask, indicator), between)

    def states(self, vectors: Tensor, features: Tensor, mask: Tensor, indicator: Tensor) -> Tensor:
        """What the encoder makes of the items, `[B, L, D]`: all that the heads read."""
        items = vectors + self.features(features).to(vectors.dtype)
        states: Tensor = self.encoder(items, mask, self.bias(indicator))
        return states

    def sparsely(
        self, vectors: Tensor, features: Tensor, mask: Tensor, edges: Tensor, **between: Tensor
    ) -> Outputs:
        """The same in memory of the length, not of its square, from edges `[E, 4]` instead of an indicator.

        Up to a length everything looks at everything; beyond, each row follows the pattern of its budget.
        """
        pairs = pairs_of(edges, mask.shape[1], self.relations)
        pattern = pattern_of(mask, pairs, budget_of(mask, pairs.at))
        items = vectors + self.features(features).to(vectors.dtype)
        states = self.encoder(items, mask, self.bias.of_pairs(pattern.pairs.kinds), plan_of(pattern))
        return self._asked(states, between)

    def _asked(self, states: Tensor, between: Mapping[str, Tensor]) -> Outputs:
        """What every head says of the states, or of the meetings in them."""
        read = dict.fromkeys(self.heads, states)
        if self.meeting is not None:
            parts = (between[name] for name in ("far", "uses", "near", "meetings"))
            read |= dict.fromkeys(self.met, self.meeting(states, *parts))
        return {name: head(read[name]) for name, head in self.heads.items()}

    def lengthen(self, items: int) -> None:
        """Read at least so many items with `sparsely`; an exported graph keeps its bound."""
        encoder: Any = self.encoder
        encoder.lengthen(items)

    def prime(self, batches: Sequence[Mapping[str, Tensor]]) -> None:
        """Nothing to standardise: features are categories."""

    def example(self, rows: int, items: int, width: int) -> dict[str, Tensor]:
        """Inputs of the right kinds and shapes, to trace with."""
        inputs = {
            "vectors": torch.randn(rows, items, width),
            "features": torch.zeros(rows, items, len(self.features.sizes), dtype=torch.uint8),
            "mask": torch.ones(rows, items, dtype=torch.bool),
            "indicator": torch.zeros(rows, self.relations, items, items, dtype=torch.uint8),
        }
        return inputs if self.meeting is None else inputs | self.meeting.example(rows, width)

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Attention in plain steps, which can be traced with a free length."""
        encoder: Any = self.encoder
        encoder.plain(True)
        try:
            yield
        finally:
            encoder.plain(False)
