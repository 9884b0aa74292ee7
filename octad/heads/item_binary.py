"""Is it so of each item, yes or no: one logit at every item of some inputs.

Legend: B rows, L items, D width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, sigmoid
from octad.heads.items import named_items, padded_truths, truths
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import auc

if TYPE_CHECKING:
    from torch import nn

Yes = Mapping[str, bool]
"""Whether it is so, by the names of items; items that are missing are unlabelled."""
Chances = Mapping[str, float]
"""The probability that it is so, by the names of items."""


class ItemBinary(Head[Yes, Chances]):
    """The probability that each item of `inputs` has a property."""

    outputs = ("logits",)
    loss = "item_binary"
    per_item = (True,)

    def __init__(self, *inputs: str) -> None:
        self.inputs = inputs

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to logits `[B, L]`."""
        from octad.nn.readout import BesideSummary

        return BesideSummary(width)

    def target(self, label: Yes | None, unit: Prepared) -> Mapping[str, Array]:
        """1, 0, or -1 for unlabelled, of every item."""
        return {"truth": truths(unit, self.inputs, label, int)}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Truth `[B, L]`."""
        return {"truth": padded_truths([target["truth"] for target in targets], units)}

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Chances:
        """The probability of every item by its name; of several of one name the last."""
        chances = sigmoid(outputs[0] / calibration.temperature)
        return {name: float(chances[item]) for item, name in named_items(unit, self.inputs)}

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability of the item."""
        return float(sigmoid(outputs[0][item] / calibration.temperature))

    def metrics(
        self, answers: Sequence[Chances], labels: Sequence[Yes], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Area under the curve, mean of the cases and over all items; F1 at one half; calibration error."""
        pairs = [
            (
                [answer[name] for name in label if name in answer],
                [label[name] for name in label if name in answer],
            )
            for answer, label in zip(answers, labels, strict=True)
        ]
        each = [auc(np.array(said), np.array(so)) for said, so in pairs if 0 < sum(so) < len(so)]
        said = np.array([chance for chances, _ in pairs for chance in chances])
        truth = np.array([so for _, known in pairs for so in known], np.bool_)
        both = float(((said >= 0.5) & truth).sum())
        return {
            "auc": float(np.mean(each)) if each else float("nan"),
            "auc_of_all": auc(said, truth),
            "f1": 2 * both / max(float((said >= 0.5).sum() + truth.sum()), 1.0),
            "calibration_error": expected_calibration_error(said, truth),
        }

    def calibration_pairs(self, outputs: Outputs, label: Yes, unit: Prepared) -> tuple[Array, Array] | None:
        """The logits of labelled items and their truth."""
        truth = truths(unit, self.inputs, label, int)
        known = truth >= 0
        return (outputs[0][known], truth[known].astype(np.bool_)) if known.any() else None
