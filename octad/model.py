"""A declaration as one module: word pieces, backbone, and everything after it.

Legend: G sequences, L tokens, W width, B cases, N items, M states end to end, P word pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from octad.agents.agent import Agent
from octad.encoders.batch import Batch, groups, token_batch
from octad.fusion.fusion import sizes
from octad.nn.backbone import Pretrained
from octad.nn.core import Core, Outputs
from octad.nn.embeddings import FeatureSum, PieceMean
from octad.nn.relations import RelationBias, one_hot
from octad.nn.text_encoder import TextEncoder

Tensors = Mapping[str, Tensor]


class Model(nn.Module):
    """Word-piece embeddings, frozen and shared by every agent, in front of an encoder of texts and a core."""

    def __init__(self, table: Tensor, encoder: TextEncoder, core: Core) -> None:
        super().__init__()
        self.pieces = PieceMean(table)
        self.encoder = encoder
        self.core = core

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.pieces.table.device

    def encode(self, tokens: Tensors) -> Tensor:
        """Padded sequences (pieces `[P]`, starts `[G * L]`, mask `[G, L]`, …) to states `[G, L, W]`."""
        return self.read(self.embedded(tokens), tokens)

    def embedded(self, tokens: Tensors) -> Tensor:
        """The mean of the word pieces of every token `[G, L, W]`."""
        means: Tensor = self.pieces(tokens["pieces"].long(), tokens["starts"].long())
        return means.reshape(*tokens["mask"].shape, -1)

    def read(self, vectors: Tensor, tokens: Tensors) -> Tensor:
        """Vectors of tokens `[G, L, W]` to their states."""
        indicator = _indicator(tokens["edges"], tokens["mask"], self.encoder.relations, vectors)
        states: Tensor = self.encoder(vectors, tokens["mask"], tokens["features"], indicator)
        return states

    def decide(self, vectors: Tensor, items: Tensors) -> Outputs:
        """Vectors of items `[B, N, W]` and what else a batch has of them to the outputs of every head."""
        arrays = {name: tensor for name, tensor in items.items() if name != "edges" and ":" not in name}
        for name in {name.partition(":")[0] for name in items if ":" in name}:
            means = self.pieces(items[f"{name}:pieces"].long(), items[f"{name}:starts"].long())
            arrays[name] = means.reshape(*items[f"{name}:shape"].tolist(), -1)
        indicator = _indicator(items["edges"], items["mask"], self.core.relations, vectors)
        outputs: Outputs = self.core(vectors=vectors, indicator=indicator, **arrays)
        return outputs

    def forward(self, groups: list[Tensors], reads: Tensor, items: Tensors) -> Outputs:
        """Groups of padded sequences, the state that each item reads `[B, N]`, and the items."""
        return self.decide(self.vectors(groups, reads), items)

    def vectors(self, groups: Sequence[Tensors], reads: Tensor) -> Tensor:
        """The state that each item reads of padded sequences, `[B, N]` to `[B, N, W]`; zeros without one."""
        rows = [self._rows(group) for group in groups]
        nothing = torch.zeros(1, self.pieces.table.shape[1], device=self.device)
        table = torch.cat([*rows, nothing.to(rows[0].dtype)]) if rows else nothing
        return F.embedding(reads.long() % len(table), table)

    def _rows(self, group: Tensors) -> Tensor:
        """The states of a group end to end `[M, W]`: one for each pooled sequence, else for each token."""
        states = self.encode(group)
        if not bool(group["pooled"]):
            return states[group["own"]]
        kept = group["mask"][..., None].to(states.dtype)
        return (states * kept).sum(1) / kept.sum(1)


def _indicator(edges: Tensor, mask: Tensor, relations: int, like: Tensor) -> Tensor:
    """Dense edges `[B, R, N, N]`, in the precision that attention is computed in."""
    dtype = like.dtype
    if torch.is_autocast_enabled(mask.device.type):
        dtype = torch.get_autocast_dtype(mask.device.type)
    batch, items = mask.shape
    return one_hot(edges, batch, items, relations, dtype)


def to_tensors(arrays: Mapping[str, Any], device: torch.device | str = "cpu") -> dict[str, Tensor]:
    """Arrays as tensors on a device."""
    return {name: torch.from_numpy(array).to(device, non_blocking=True) for name, array in arrays.items()}


def item_tensors(batch: Batch, device: torch.device | str = "cpu") -> dict[str, Tensor]:
    """What a batch has of its items; runs of word pieces as `name:pieces`, `name:starts`, `name:shape`."""
    found = to_tensors({**batch.items(), "edges": batch.edges}, device)
    for name, (pieces, starts, shape) in batch.words.items():
        found |= to_tensors({f"{name}:pieces": pieces, f"{name}:starts": starts}, device)
        found[f"{name}:shape"] = torch.tensor(shape)
    return found


def group_tensors(batch: Batch) -> tuple[list[Mapping[str, Tensor]], Tensor]:
    """The sequences of a batch in padded groups, and the state that each item reads in their order `[B, N]`.

    `own` `[G, L]` says which tokens are there, `pooled` whether a group is read as means.
    """
    first = [0]
    for one in batch.sequences:
        first.append(first[-1] + one.rows)
    moved = torch.full((first[-1] + 1,), -1)
    found: list[Mapping[str, Tensor]] = []
    end = 0
    for part in groups(batch.sequences):
        chosen = [batch.sequences[i] for i in part]
        tensors = to_tensors(token_batch(chosen)._asdict())
        length = tensors["mask"].shape[1]
        tensors["own"] = torch.arange(length) < torch.tensor([len(one) for one in chosen])[:, None]
        tensors["pooled"] = torch.tensor(chosen[0].pooled)
        for index, one in zip(part, chosen, strict=True):
            moved[first[index] : first[index + 1]] = torch.arange(end, end + one.rows)
            end += one.rows
        found.append(tensors)
    return found, moved[torch.from_numpy(batch.reads).long()]


def build(agent: Agent[Any, Any], base: Pretrained, table: Tensor) -> Model:
    """The agent's model over a pre-trained encoder and its word-piece embeddings, with new heads."""
    features, relations = sizes(agent.inputs)
    encoder = TextEncoder(
        base,
        FeatureSum(features, base.width) if features else None,
        RelationBias(base.layers, base.heads, relations) if relations else None,
    )
    width = agent.fusion.width(base.width)
    made = {
        one.name: one.network(list(agent.inputs), (width, int(table.shape[1]))) for one in agent.extensions
    }
    extensions = {name: network for name, network in made.items() if network is not None}
    widths = dict.fromkeys(agent.heads, width)
    for network in extensions.values():
        widths |= {head: network.size for head in network.heads}
    heads = {name: head.network(widths[name]) for name, head in agent.heads.items()}
    counts = sum(one.size for one in agent.inputs.values()), agent.fusion.relations(agent.inputs)
    return Model(
        table, encoder, Core(agent.fusion.network(agent.inputs, base.width), heads, extensions, counts)
    )
