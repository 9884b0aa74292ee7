"""Loss of one class per row.

Legend: B rows, C classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor
from torch.nn import functional as F


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Cross-entropy over labelled rows, from logits `[B, C]`."""
    return class_loss(outputs[0], targets["truth"])


def class_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy of `[B, C]` against `[B]`, mean over rows whose truth is not -1."""
    total = F.cross_entropy(logits.float(), truth, ignore_index=-1, reduction="sum")
    return total / (truth >= 0).sum().clamp(min=1)
