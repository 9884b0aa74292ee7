"""Which one of several classes is each item: a softmax at every item of some inputs.

Legend: B rows, L items, D width, C classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, softmax
from octad.heads.items import named_items, padded_truths, truths
from octad.metrics.calibration import expected_calibration_error

if TYPE_CHECKING:
    from torch import nn

Named = Mapping[str, str]
"""The class of items by their names; items that are missing are unlabelled."""
Shares = Mapping[str, Mapping[str, float]]
"""The probability of each class by the names of items."""


class ItemClasses(Head[Named, Shares]):
    """One class for each item of `inputs`."""

    outputs = ("classes",)
    loss = "item_classes"
    per_item = (True,)

    def __init__(self, classes: Sequence[str], *inputs: str) -> None:
        self.classes = tuple(classes)
        self.inputs = inputs

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to logits `[B, L, C]`."""
        from octad.nn.readout import EveryItem

        return EveryItem(width, len(self.classes))

    def target(self, label: Named | None, unit: Prepared) -> Mapping[str, Array]:
        """The index of the class of every item, -1 for unlabelled."""
        return {"truth": truths(unit, self.inputs, label, self.classes.index)}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Truth `[B, L]`."""
        return {"truth": padded_truths([target["truth"] for target in targets], units)}

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Shares:
        """The probabilities of the classes of every item by its name."""
        chances = softmax(outputs[0] / calibration.temperature)
        return {
            name: dict(zip(self.classes, map(float, chances[item]), strict=True))
            for item, name in named_items(unit, self.inputs)
        }

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability that the item is of the class `label`, of its likeliest one where that is empty."""
        chances = softmax(outputs[0][item] / calibration.temperature)
        return float(chances[self.classes.index(label)] if label else chances.max())

    def metrics(
        self, answers: Sequence[Shares], labels: Sequence[Named], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Accuracy beside always saying the commonest class, mean F1 of the classes, calibration error."""
        pairs = [
            (max(answer[name], key=answer[name].__getitem__), max(answer[name].values()), label[name])
            for answer, label in zip(answers, labels, strict=True)
            for name in label
            if name in answer
        ]
        said, true = np.array([one for one, _, _ in pairs]), np.array([one for _, _, one in pairs])
        right = said == true
        present = [one for one in self.classes if (true == one).any()]
        scores = [
            2 * (right & (true == one)).sum() / ((said == one).sum() + (true == one).sum()) for one in present
        ]
        return {
            "accuracy": float(right.mean()) if pairs else 0.0,
            "majority": max((float((true == one).mean()) for one in present), default=0.0),
            "f1": float(np.mean(scores)) if scores else 0.0,
            "calibration_error": expected_calibration_error([one for _, one, _ in pairs], right),
        }

    def calibration_pairs(self, outputs: Outputs, label: Named, unit: Prepared) -> tuple[Array, Array] | None:
        """The logits of labelled items `[n, C]` and the indices of their classes `[n]`."""
        truth = truths(unit, self.inputs, label, self.classes.index)
        known = truth >= 0
        return (outputs[0][known], truth[known]) if known.any() else None
