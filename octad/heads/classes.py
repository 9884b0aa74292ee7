"""Which one of several classes is the unit: a softmax over item 0.

Legend: B rows, D width, C classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, softmax
from octad.metrics.calibration import expected_calibration_error

if TYPE_CHECKING:
    from torch import nn


class Classes(Head[str, dict[str, float]]):
    """One class for the whole unit."""

    outputs = ("classes",)
    loss = "classes"
    per_item = (False,)

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to logits `[B, C]`."""
        from octad.nn.readout import Summary

        return Summary(width, len(self.classes))

    def target(self, label: str | None, unit: Prepared) -> Mapping[str, Array]:
        """The index of the class, -1 for unlabelled."""
        return {"truth": np.array(-1 if label is None else self.classes.index(label), np.int64)}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Truth `[B]`."""
        return {"truth": np.stack([target["truth"] for target in targets])}

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> dict[str, float]:
        """Probability of each class."""
        chances = softmax(outputs[0] / calibration.temperature)
        return dict(zip(self.classes, map(float, chances), strict=True))

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability of the class `label`."""
        return self.decode(outputs, unit, calibration)[label]

    def metrics(
        self, answers: Sequence[dict[str, float]], labels: Sequence[str], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Accuracy, beside always saying the commonest class."""
        said = [max(answer, key=answer.__getitem__) for answer in answers]
        right = np.array([a == b for a, b in zip(said, labels, strict=True)], np.bool_)
        sure = [max(answer.values()) for answer in answers]
        commonest = max(labels.count(label) for label in set(labels)) if labels else 0
        return {
            "accuracy": float(right.mean()) if len(right) else 0.0,
            "majority": commonest / max(len(labels), 1),
            "calibration_error": expected_calibration_error(sure, right),
        }

    def calibration_pairs(self, outputs: Outputs, label: str, unit: Prepared) -> tuple[Array, Array] | None:
        """The logits and the index of the true class."""
        return outputs[0], np.array(self.classes.index(label))
