"""Is it so, yes or no: one logit at item 0.

Legend: B rows, D width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from octad.heads.base import Array, Calibration, Head, sigmoid
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import auc
from octad.modalities.base import Prepared

if TYPE_CHECKING:
    from torch import Tensor, nn


class Binary(Head[bool, float, Prepared]):
    """The probability that a case has a property."""

    outputs = ("logit",)
    per_item = (False,)

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

    def loss(self, outputs: Sequence[Tensor], targets: Mapping[str, Tensor], mask: Tensor) -> Tensor:
        """Binary cross-entropy over labelled rows."""
        from octad.losses.binary import binary_loss

        return binary_loss(outputs[0].squeeze(-1), targets["truth"])

    def decode(self, outputs: Sequence[Array], unit: Prepared, calibration: Calibration) -> float:
        """The probability; what the case's own past raises above nothing counts for nothing."""
        return float(sigmoid((outputs[0][0] - max(calibration.past, 0.0)) / calibration.temperature))

    def belief(self, outputs: Sequence[Array], unit: Prepared, item: int, rule: str) -> float:
        """The probability, uncalibrated."""
        return float(sigmoid(outputs[0][0]))

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

    def evidence(self, outputs: Sequence[Array], label: bool, unit: Prepared) -> tuple[Array, Array] | None:
        """The logit and the truth."""
        return outputs[0].reshape(1), np.array([label])
