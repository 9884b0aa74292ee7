"""A declaration's encoders and heads as one module.

Legend: B rows, L items, D width, M pieces, E edges, R relations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from octad.agent import Agent
from octad.modalities.code import FEATURES, RELATIONS, CodeBatch
from octad.nn.items import FeatureSum, PieceMean
from octad.nn.relations import NoRelations, RelationBias, one_hot

Encoder = nn.Module
Outputs = dict[str, tuple[Tensor, ...]]


class Core(nn.Module):
    """Everything after the piece embeddings: what is exported and what is stored."""

    def __init__(
        self, encoder: Encoder, bias: RelationBias | NoRelations, heads: Mapping[str, nn.Module]
    ) -> None:
        super().__init__()
        width: Any = encoder.width
        self.features = FeatureSum(FEATURES, int(width))
        self.encoder = encoder
        self.bias = bias
        self.heads = nn.ModuleDict(dict(heads))

    def forward(self, vectors: Tensor, features: Tensor, mask: Tensor, indicator: Tensor) -> Outputs:
        """Vectors `[B, L, D]`, features `[B, L, F]`, mask `[B, L]`, indicator `[B, R, L, L]`."""
        items = vectors + self.features(features).to(vectors.dtype)
        states = self.encoder(items, mask, self.bias(indicator))
        return {name: head(states) for name, head in self.heads.items()}


class Model(nn.Module):
    """Piece embeddings, frozen and shared by every agent, in front of a core."""

    def __init__(self, table: Tensor, core: Core) -> None:
        super().__init__()
        self.pieces = PieceMean(table)
        self.core = core

    def forward(self, batch: Mapping[str, Tensor]) -> Outputs:
        """Tensors of a CodeBatch (pieces `[M]`, starts `[B * L]`, mask `[B, L]`) to every head's outputs."""
        mask = batch["mask"]
        B, L = mask.shape
        vectors = self.pieces(batch["pieces"].long(), batch["starts"].long(), (B, L))
        dtype = (
            torch.get_autocast_dtype(mask.device.type)
            if torch.is_autocast_enabled(mask.device.type)
            else vectors.dtype
        )
        indicator = one_hot(batch["edges"], B, L, RELATIONS, dtype)
        outputs: Outputs = self.core(vectors, batch["features"], mask, indicator)
        return outputs


def to_tensors(batch: CodeBatch, device: torch.device | str = "cpu") -> dict[str, Tensor]:
    """A batch as tensors on a device."""
    arrays = {name: torch.from_numpy(array) for name, array in batch._asdict().items()}
    return {name: tensor.to(device, non_blocking=True) for name, tensor in arrays.items()}


def build(agent: Agent[Any, Any], encoder: Encoder, table: Tensor, *, relations: bool = True) -> Model:
    """The model of a declaration over an encoder, with or without relations."""
    width: Any = encoder.width
    heads = {name: head.network(int(width)) for name, head in agent.heads.items()}
    layers: Any = getattr(encoder, "layers", 0)
    number: Any = getattr(encoder, "heads", 0)
    bias: RelationBias | NoRelations = NoRelations()
    if relations and layers:
        bias = RelationBias(int(layers), int(number), RELATIONS)
    return Model(table, Core(encoder, bias, heads))
