"""Loss of a yes or no of every item.

Legend: B rows, L items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor
from torch.nn import functional as F

from octad_train.losses.binary import binary_loss

RANKED = 0.5
"""What the order within a row weighs beside the probabilities."""


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Binary cross-entropy over labelled items, and over pairs of a row of which one is so (RankNet)."""
    logits, truth = outputs[0].float(), targets["truth"]
    each = binary_loss(logits.reshape(-1), truth.reshape(-1))
    pairs = (truth == 1)[:, :, None] & (truth == 0)[:, None, :]
    apart = F.softplus(logits[:, None, :] - logits[:, :, None]) * pairs
    # A row counts by how many items of it are known, not by its pairs, which grow with their square.
    weight = (truth >= 0).sum(1) * pairs.any(2).any(1)
    rows = apart.sum((1, 2)) / pairs.sum((1, 2)).clamp(min=1)
    return each + RANKED * (rows * weight).sum() / weight.sum().clamp(min=1)
