"""Does a use agree with its definition: one logistic output at the item of each use.

Legend: B rows, L items, D width, K known uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from octad.heads.base import Array, Calibration, Head, sigmoid
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import auc
from octad.modalities.code import PreparedCode, with_row
from octad.modalities.uses import SORTS
from octad.records.defined import Defined

if TYPE_CHECKING:
    from torch import Tensor, nn


class Uses(NamedTuple):
    """Offsets of the names in a unit whose use does not fit; all its other uses do.

    `asked` are those, right or wrong, by which whoever reads the unit is judged.
    """

    wrong: frozenset[int]
    asked: frozenset[int] = frozenset()


class Disagreement(NamedTuple):
    """A use, what it refers to (None where its class has no such thing), and how likely it is wrong."""

    item: int
    sort: str
    definition: Defined | None
    probability: float


Disagreements = tuple[Disagreement, ...]


class Agreement(Head[Uses, Disagreements, PreparedCode]):
    """Every use of a definition that is known, likeliest to be wrong first."""

    outputs = ("wrong",)
    per_item = (True,)

    def network(self, width: int) -> nn.Module:
        """States of meetings `[B, L, D]` to logits `[B, L, 1]`."""
        from octad.nn.readout import EveryItem

        return EveryItem(width, 1)

    def target(self, label: Uses | None, unit: PreparedCode) -> Mapping[str, Array]:
        """`known` `[K, 2]` holds (item, whether wrong) of every use; none without a label."""
        items = unit.uses.at[:, 0] if label is not None else np.zeros(0, np.int32)
        offsets = unit.tokens.offsets[items, 0]
        wrong = np.isin(offsets, list(label.wrong) if label is not None else [])
        return {"known": np.stack([items, wrong], 1).astype(np.int32)}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[PreparedCode]
    ) -> Mapping[str, Array]:
        """Known `[K, 3]` (row, item, whether wrong)."""
        return {"known": with_row([target["known"] for target in targets])}

    def loss(self, outputs: Sequence[Tensor], targets: Mapping[str, Tensor], mask: Tensor) -> Tensor:
        """Binary cross-entropy over the uses of labelled units."""
        from octad.losses.agreement import agreement_loss

        return agreement_loss(outputs[0], targets["known"])

    def decode(self, outputs: Sequence[Array], unit: PreparedCode, calibration: Calibration) -> Disagreements:
        """The probability of every use."""
        items = unit.uses.at[:, 0]
        chances = sigmoid(outputs[0][items, 0] / calibration.temperature)
        found = [
            Disagreement(int(item), SORTS[sort], definition, float(chance))
            for (item, sort), definition, chance in zip(
                unit.uses.at.tolist(), unit.uses.definitions, chances, strict=True
            )
        ]
        return tuple(sorted(found, key=lambda one: -one.probability))

    def belief(self, outputs: Sequence[Array], unit: PreparedCode, item: int, rule: str) -> float:
        """The probability that the use at the item is wrong."""
        return float(sigmoid(outputs[0][item, 0]))

    def metrics(
        self,
        answers: Sequence[Disagreements],
        labels: Sequence[Uses],
        units: Sequence[PreparedCode],
    ) -> dict[str, float]:
        """Accuracy at one half over the uses that are asked for; one that is not seen counts as right.

        `false` is the share of the other uses that are called wrong.
        """
        rows = [row for one in zip(answers, labels, units, strict=True) for row in _asked(*one)]
        if not rows:
            return {}
        chances, wrong, asked = (np.array(column) for column in zip(*rows, strict=True))
        judged, rest = asked > 0, (asked == 0) & (wrong == 0)
        truth = wrong[judged] > 0
        return {
            "accuracy": float(((chances[judged] >= 0.5) == truth).mean()) if judged.any() else 0.0,
            "auc": auc(chances[judged], truth) if 0 < truth.sum() < len(truth) else 0.0,
            "majority": float(max(truth.mean(), 1 - truth.mean())) if judged.any() else 0.0,
            "false": float((chances[rest] >= 0.5).mean()) if rest.any() else 0.0,
            "calibration_error": expected_calibration_error(chances, wrong > 0),
        }

    def evidence(
        self, outputs: Sequence[Array], label: Uses, unit: PreparedCode
    ) -> tuple[Array, Array] | None:
        """The logits of all uses and whether they are wrong."""
        known = self.target(label, unit)["known"]
        return (outputs[0][known[:, 0], 0], known[:, 1] > 0) if len(known) else None


def _asked(answer: Disagreements, label: Uses, unit: PreparedCode) -> list[tuple[float, float, float]]:
    """Probability, whether wrong, and whether asked for, of every use; those that were not seen have 0."""
    said = {int(unit.tokens.offsets[one.item, 0]): one.probability for one in answer}
    return [
        (said.get(offset, 0.0), float(offset in label.wrong), float(offset in label.asked))
        for offset in sorted({*said, *label.wrong, *label.asked})
    ]
