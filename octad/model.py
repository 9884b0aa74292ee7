"""A declaration's network with the piece embeddings in front of it, as one module.

Legend: B rows, L items, D width, M pieces, T uses, F far words of a use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from octad.agent import Agent
from octad.backbones import Pretrained
from octad.fusion.base import Choice, placed
from octad.nn.items import PieceMean
from octad.nn.relations import one_hot

Outputs = dict[str, tuple[Tensor, ...]]
OUTSIDE = ("pieces", "starts", "edges")
"""Arrays of a batch that become vectors and an indicator before the core sees them."""


class Model(nn.Module):
    """Piece embeddings, frozen and shared by every agent, in front of a core."""

    def __init__(self, table: Tensor, core: Any) -> None:
        super().__init__()
        self.pieces = PieceMean(table)
        self.core = core

    def forward(self, batch: Mapping[str, Tensor]) -> Outputs:
        """Tensors of a batch (pieces `[M]`, starts `[B * L + T * F]`, mask `[B, L]`, …) to all outputs."""
        mask, vectors = batch["mask"], self.vectors(batch)
        B, L = mask.shape
        dtype = (
            torch.get_autocast_dtype(mask.device.type)
            if torch.is_autocast_enabled(mask.device.type)
            else vectors["vectors"].dtype
        )
        indicator = one_hot(batch["edges"], B, L, self.core.relations, dtype)
        inside = {name: tensor for name, tensor in batch.items() if name not in OUTSIDE}
        outputs: Outputs = self.core(indicator=indicator, **vectors, **inside)
        return outputs

    def sparsely(self, batch: Mapping[str, Tensor]) -> Outputs:
        """The same for inputs of any length, over a core that reads them; its positions have to be enough."""
        inside = {name: tensor for name, tensor in batch.items() if name not in OUTSIDE}
        outputs: Outputs = self.core.sparsely(edges=batch["edges"], **self.vectors(batch), **inside)
        return outputs

    def vectors(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The mean of the pieces of every item: `vectors` `[B, L, D]`, and `far` `[T, F, D]` of far words."""
        means: Tensor = self.pieces(batch["pieces"].long(), batch["starts"].long())
        return placed(means, batch)


def to_tensors(batch: Any, device: torch.device | str = "cpu") -> dict[str, Tensor]:
    """A batch as tensors on a device."""
    arrays = {name: torch.from_numpy(array) for name, array in batch._asdict().items()}
    return {name: tensor.to(device, non_blocking=True) for name, tensor in arrays.items()}


class Parts(NamedTuple):
    """A pre-trained encoder, the piece embeddings that were taken out of it, and what to exchange."""

    base: Pretrained
    table: Tensor
    choice: Choice


def build(agent: Agent[Any, Any], parts: Parts) -> Model:
    """The agent's model, with new heads."""
    fusion, width = agent.fusion, parts.base.width
    heads = {name: head.network(fusion.width(width, name)) for name, head in agent.heads.items()}
    return Model(parts.table, fusion.network(agent.inputs, heads, parts.base, parts.choice))
