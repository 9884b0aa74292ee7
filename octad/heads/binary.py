"""Is it so, yes or no: one logit at item 0.

Legend: B rows, D width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, sigmoid
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import auc

if TYPE_CHECKING:
    from torch import nn


class Binary(Head[bool, float]):
    """The probability that a case has a property."""

    outputs = ("logit",)
    loss = "binary"
    per_item = (False,)
    one_logit = True

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to a logit `[B, 1]`."""
        from octad.nn.readout import Summary

        return Summary(width, 1)

    def target(self, label: bool | None, unit: Prepared) -> Mapping[str, Array]:
        """1, 0, or -1 for unlabelled."""
        return {"truth": np.array(-1 if label is None else int(label), np.int64)}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Truth `[B]`."""
        return {"truth": np.stack([target["truth"] for target in targets])}

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> float:
        """The probability; what placebo cases raise is taken off."""
        return float(sigmoid((outputs[0][0] - max(calibration.placebo, 0.0)) / calibration.temperature))

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability, as it is decoded."""
        return self.decode(outputs, unit, calibration)

    def metrics(
        self, answers: Sequence[float], labels: Sequence[bool], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Area under the curve, accuracy at one half beside the majority's, calibration error."""
        truth = np.array(labels, np.bool_)
        chances = np.array(answers)
        return {
            "auc": auc(chances, truth),
            "accuracy": float(((chances >= 0.5) == truth).mean()),
            "majority": float(max(truth.mean(), 1 - truth.mean())),
            "calibration_error": expected_calibration_error(chances, truth),
        }

    def calibration_pairs(self, outputs: Outputs, label: bool, unit: Prepared) -> tuple[Array, Array] | None:
        """The logit and the truth."""
        return outputs[0].reshape(1), np.array([label])
