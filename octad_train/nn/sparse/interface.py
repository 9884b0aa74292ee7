"""A pattern inside any transformers encoder, and positions for inputs longer than it knows.

Legend: B batch, L items, D width, H heads, P pairs, R relations, E edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from octad.errors import ArtefactError
from octad.nn.backbone import ATTENTION, Pretrained
from octad.nn.relations import RelationBias
from octad.nn.text_encoder import TextEncoder
from octad_train.nn.sparse.budget import budget_of
from octad_train.nn.sparse.pattern import pairs_of, pattern_of
from octad_train.nn.sparse.plan import Plan, plan_of
from octad_train.nn.sparse.positions import tiled

SPARSE = "octad_sparse"


def attend_sparsely(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    plan: Plan,
    relation_bias: Sequence[Tensor] = (),
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """Attention over the pattern of a plan, with the bias of this layer `[P, H]`; `[B, L, H, D/H]` out.

    Raises ArtefactError for a model whose layers have a bias for every pair of positions.
    """
    if kwargs.get("position_bias") is not None:
        raise ArtefactError("attention over a pattern cannot add a bias for every pair of positions")
    groups: int = getattr(module, "num_key_value_groups", 1)
    parts = (query, key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1))
    layer: Any = module.layer_idx if relation_bias else 0
    bias = relation_bias[layer].to(query.dtype) if relation_bias else None
    dropout: float = kwargs.get("dropout", 0.0) if module.training else 0.0
    states = plan.attend(parts, bias, scale=kwargs.get("scaling"), dropout=dropout)
    return states.transpose(1, 2), None


AttentionInterface.register(SPARSE, attend_sparsely)
AttentionMaskInterface.register(SPARSE, sdpa_mask)


def read(backbone: Pretrained, vectors: Tensor, mask: Tensor, bias: Sequence[Tensor], plan: Plan) -> Tensor:
    """Vectors `[B, L, D]`, mask `[B, L]` and a bias `[P, H]` per layer to `[B, L, D]`, in a plan."""
    backbone.attention(SPARSE)
    try:
        return backbone(vectors, mask, bias, plan=plan)  # type: ignore[no-any-return]
    finally:
        backbone.attention(ATTENTION)


def states_of(encoder: TextEncoder, vectors: Tensor, mask: Tensor, features: Tensor, edges: Tensor) -> Tensor:
    """What a text encoder makes of tokens, in memory of their number and not of its square.

    From vectors `[B, L, D]`, features `[B, L, F]` and edges `[E, 4]`. Up to a length everything looks at
    everything; beyond, each row follows the pattern of its budget.
    """
    assert isinstance(encoder.backbone, Pretrained)
    assert encoder.features is not None and encoder.bias is not None
    pairs = pairs_of(edges, mask.shape[1], encoder.relations)
    pattern = pattern_of(mask, pairs, budget_of(mask, pairs.at))
    bias = of_pairs(encoder.bias, pattern.pairs.kinds)
    vectors = vectors + encoder.features(features).to(vectors.dtype)
    return read(encoder.backbone, vectors, mask, bias, plan_of(pattern))


def of_pairs(bias: RelationBias, kinds: Tensor) -> list[Tensor]:
    """A relation bias for pairs that stand in a list: from `[P, R]` to one `[P, H]` per layer."""
    weight = (bias.weight * bias.gain).to(kinds.dtype)
    return [kinds @ layer.T for layer in weight]


def lengthen(backbone: Pretrained, items: int) -> None:
    """Let a backbone read at least so many items: a table of positions that is shorter is made longer, once.

    A model without such a table, with rotary positions for instance, is left as it is.
    """
    embeddings: Any = getattr(backbone.model, "embeddings", None)
    known = getattr(embeddings, "position_embeddings", None)
    if not isinstance(known, nn.Embedding):
        return
    first = 0 if known.padding_idx is None else known.padding_idx + 1
    if first + items <= known.num_embeddings:
        return
    weight = known.weight.detach()
    table = torch.cat([weight[:first], tiled(weight[first:], items)])
    size = len(table)
    longer = nn.Embedding(size, weight.shape[1], known.padding_idx, device=weight.device, dtype=weight.dtype)
    longer.weight.data.copy_(table)
    longer.weight.requires_grad_(known.weight.requires_grad)
    embeddings.position_embeddings = longer
    embeddings.position_ids = torch.arange(size, device=weight.device)[None]
    if hasattr(embeddings, "token_type_ids"):
        embeddings.token_type_ids = torch.zeros_like(embeddings.position_ids)
