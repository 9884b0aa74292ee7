"""Loss of the place of a repair and of its class there.

Legend: B rows, L items, C classes, P right places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

LOWEST = -1e4
CLASS = 0.3
"""The weight of the class beside the place."""


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Minus the log of the summed probability of all right places, plus the cross-entropy of the class."""
    place, kind = outputs
    return place_loss(place, targets) + CLASS * kind_loss(kind, targets)


def place_loss(scores: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """From scores `[B, L, 2]`; the mean over rows for which a place is right."""
    right = _right(scores, targets)
    known = right.flatten(1).any(1)
    chances = scores.float().masked_fill(~targets["possible"], LOWEST).flatten(1).log_softmax(1)
    each = -chances.masked_fill(~right.flatten(1), 2 * LOWEST).logsumexp(1)
    return (each * known).sum() / known.sum().clamp(min=1)


def kind_loss(scores: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """From scores `[B, L, C]`, their mean over the right places of a row."""
    right = _right(scores, targets).any(-1).float()
    mean = (scores.float() * right[..., None]).sum(1) / right.sum(1, keepdim=True).clamp(min=1)
    total = F.cross_entropy(mean, targets["kind"], ignore_index=-1, reduction="sum")
    return total / (targets["kind"] >= 0).sum().clamp(min=1)


def _right(scores: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """Where the right places are, `[B, L, 2]`."""
    table = torch.zeros(*scores.shape[:2], 2, dtype=torch.bool, device=scores.device)
    row, item, side = targets["right"].long().unbind(1)
    table[row, item, side] = True
    return table
