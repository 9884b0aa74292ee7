"""The backbone over tokens with features and relations: what reads every text, of code and of prose.

Legend: G sequences, L tokens, W width, F features, R relations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from octad.nn.embeddings import FeatureSum
from octad.nn.relations import RelationBias

LONGEST = 512
"""Tokens that an exported graph takes at most: the positions that the backbones know."""


class TextEncoder(nn.Module):
    """The layers of a backbone over the embeddings of tokens; plain texts have no features and relations."""

    def __init__(self, backbone: nn.Module, features: FeatureSum | None, bias: RelationBias | None) -> None:
        super().__init__()
        self.backbone = backbone
        self.features = features
        self.bias = bias
        self.relations = 0 if bias is None else bias.weight.shape[2]

    def forward(
        self, vectors: Tensor, mask: Tensor, features: Tensor | None = None, indicator: Tensor | None = None
    ) -> Tensor:
        """Vectors `[G, L, W]`, mask `[G, L]`, features `[G, L, F]`, indicator `[G, R, L, L]` to states."""
        if self.features is not None and features is not None:
            vectors = vectors + self.features(features).to(vectors.dtype)
        bias = [] if self.bias is None or indicator is None else self.bias(indicator)
        states: Tensor = self.backbone(vectors, mask, bias)
        return states

    def example(self, rows: int, tokens: int, width: int) -> dict[str, Tensor]:
        """Inputs of the right kinds and shapes, to trace with."""
        inputs = {
            "vectors": torch.randn(rows, tokens, width),
            "mask": torch.ones(rows, tokens, dtype=torch.bool),
        }
        if self.features is not None:
            inputs["features"] = torch.zeros(rows, tokens, len(self.features.sizes), dtype=torch.uint8)
        if self.bias is not None:
            inputs["indicator"] = torch.zeros(rows, self.relations, tokens, tokens, dtype=torch.uint8)
        return inputs

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Attention in plain steps, which can be traced with a free length."""
        backbone: Any = self.backbone
        backbone.plain(True)
        try:
            yield
        finally:
            backbone.plain(False)
