"""Loss of several rules per line.

Legend: B rows, L items, R rules, P positives in the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Binary cross-entropy over the lines of labelled units, summed over rules."""
    return line_loss(outputs[0], targets)


def line_loss(logits: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """Binary cross-entropy of `[B, L, R]` at the items that speak, mean over them, sum over rules."""
    positive = targets["positive"].long()
    truth = torch.zeros(logits.shape, dtype=torch.float32, device=logits.device)
    truth[positive[:, 0], positive[:, 1], positive[:, 2]] = 1
    counted = targets["reads"] & targets["known"][:, None]
    each = F.binary_cross_entropy_with_logits(logits.float(), truth, reduction="none").sum(-1)
    return (each * counted).sum() / counted.sum().clamp(min=1)
