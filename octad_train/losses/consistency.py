"""Loss of whether uses fit their definitions.

Legend: B rows, L items, K known uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor
from torch.nn import functional as F


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Binary cross-entropy over the uses of labelled units."""
    return consistency_loss(outputs[0], targets["known"])


def consistency_loss(logits: Tensor, known: Tensor) -> Tensor:
    """Mean binary cross-entropy of `logits` `[B, L, 1]` at the uses `known`; zero where there are none.

    `known` `[K, 3]` are row, item, and whether the use is wrong.
    """
    row, item, wrong = known.long().unbind(1)
    if not len(row):
        return logits.sum() * 0
    scores = logits[row, item, 0].float()
    return F.binary_cross_entropy_with_logits(scores, wrong.float())
