"""Loss of one class of every item.

Legend: B rows, L items, C classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

from octad_train.losses.classes import class_loss


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Cross-entropy over labelled items, from logits `[B, L, C]`."""
    return class_loss(outputs[0].flatten(0, 1), targets["truth"].flatten())
