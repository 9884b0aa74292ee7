"""Loss of a yes or no per row.

Legend: B rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor
from torch.nn import functional as F


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Binary cross-entropy over labelled rows, from a logit `[B, 1]`."""
    return binary_loss(outputs[0].squeeze(-1), targets["truth"])


def binary_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Binary cross-entropy of `[B]` against `[B]`, mean over rows whose truth is not -1."""
    known = (truth >= 0).float()
    each = F.binary_cross_entropy_with_logits(logits.float(), truth.clamp(min=0).float(), reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1)
