"""An encoder over the items of one input, under its heads: what is exported and what is stored.

Legend: B rows, L items, D width, F features, R relations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from octad.nn.items import FeatureSum
from octad.nn.relations import NoRelations, RelationBias

Outputs = dict[str, tuple[Tensor, ...]]
LONGEST = 512
"""Items that an exported graph takes at most: the positions that the backbones know."""


class Core(nn.Module):
    """Everything after the piece embeddings."""

    def __init__(
        self,
        features: FeatureSum,
        encoder: nn.Module,
        bias: RelationBias | NoRelations,
        heads: Mapping[str, nn.Module],
        relations: int,
    ) -> None:
        super().__init__()
        self.features = features
        self.encoder = encoder
        self.bias = bias
        self.heads = nn.ModuleDict(dict(heads))
        self.relations = relations
        self.longest = LONGEST

    def forward(self, vectors: Tensor, features: Tensor, mask: Tensor, indicator: Tensor) -> Outputs:
        """Vectors `[B, L, D]`, features `[B, L, F]`, mask `[B, L]`, indicator `[B, R, L, L]`."""
        items = vectors + self.features(features).to(vectors.dtype)
        states = self.encoder(items, mask, self.bias(indicator))
        return {name: head(states) for name, head in self.heads.items()}

    def prime(self, batches: Sequence[Mapping[str, Tensor]]) -> None:
        """Nothing to standardise: features are categories."""

    def example(self, rows: int, items: int, width: int) -> dict[str, Tensor]:
        """Inputs of the right kinds and shapes, to trace with."""
        return {
            "vectors": torch.randn(rows, items, width),
            "features": torch.zeros(rows, items, len(self.features.sizes), dtype=torch.uint8),
            "mask": torch.ones(rows, items, dtype=torch.bool),
            "indicator": torch.zeros(rows, self.relations, items, items, dtype=torch.uint8),
        }

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Attention in plain steps, which can be traced with a free length."""
        encoder: Any = self.encoder
        encoder.plain(True)
        try:
            yield
        finally:
            encoder.plain(False)
