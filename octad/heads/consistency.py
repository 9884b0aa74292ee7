"""Does a use agree with its definition: one logistic output at the item of each use.

Legend: B rows, L items, D width, K known uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from octad.encoders.batch import with_row
from octad.encoders.code import tokens_of
from octad.encoders.prepared import Prepared
from octad.extensions.definition_use import SORTS, of_unit
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, sigmoid
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import auc
from octad.records.used_definition import UsedDefinition

if TYPE_CHECKING:
    from torch import nn


class UseLabel(NamedTuple):
    """Offsets of the names in a unit whose use does not fit; all its other uses do.

    `asked` are those, right or wrong, that are counted when it is evaluated.
    """

    wrong: frozenset[int]
    asked: frozenset[int] = frozenset()


class Inconsistency(NamedTuple):
    """A use, what it refers to (None where its class has no such thing), and how likely it is wrong."""

    item: int
    sort: str
    definition: UsedDefinition | None
    probability: float


Inconsistencies = tuple[Inconsistency, ...]


class Consistency(Head[UseLabel, Inconsistencies]):
    """Every use of a definition that is known, likeliest to be wrong first."""

    outputs = ("wrong",)
    loss = "consistency"
    per_item = (True,)

    def network(self, width: int) -> nn.Module:
        """States of pairs `[B, L, D]` to logits `[B, L, 1]`."""
        from octad.nn.readout import EveryItem

        return EveryItem(width, 1)

    def target(self, label: UseLabel | None, unit: Prepared) -> Mapping[str, Array]:
        """`known` `[K, 2]` holds (item, whether wrong) of every use; none without a label."""
        items = of_unit(unit).uses[:, 0] if label is not None else np.zeros(0, np.int32)
        offsets = tokens_of(unit).offsets[items, 0]
        wrong = np.isin(offsets, list(label.wrong) if label is not None else [])
        return {"known": np.stack([items, wrong], 1).astype(np.int32)}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Known `[K, 3]` (row, item, whether wrong)."""
        return {"known": with_row([target["known"] for target in targets])}

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Inconsistencies:
        """The probability of every use."""
        items = of_unit(unit).uses[:, 0]
        chances = sigmoid(outputs[0][items, 0] / calibration.temperature)
        found = [
            Inconsistency(int(item), SORTS[sort], definition, float(chance))
            for (item, sort), definition, chance in zip(
                of_unit(unit).uses.tolist(), of_unit(unit).definitions, chances, strict=True
            )
        ]
        return tuple(sorted(found, key=lambda one: -one.probability))

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability that the use at the item is wrong."""
        return float(sigmoid(outputs[0][item, 0] / calibration.temperature))

    def metrics(
        self,
        answers: Sequence[Inconsistencies],
        labels: Sequence[UseLabel],
        units: Sequence[Prepared],
    ) -> dict[str, float]:
        """Accuracy at one half over the uses that are asked for; one that is not seen counts as right.

        `false` is the share of the other uses that are called wrong.
        """
        rows = [row for one in zip(answers, labels, units, strict=True) for row in _asked(*one)]
        if not rows:
            return {}
        chances, wrong, asked = (np.array(column) for column in zip(*rows, strict=True))
        counted, rest = asked > 0, (asked == 0) & (wrong == 0)
        truth = wrong[counted] > 0
        return {
            "accuracy": float(((chances[counted] >= 0.5) == truth).mean()) if counted.any() else 0.0,
            "auc": auc(chances[counted], truth) if 0 < truth.sum() < len(truth) else 0.0,
            "majority": float(max(truth.mean(), 1 - truth.mean())) if counted.any() else 0.0,
            "false": float((chances[rest] >= 0.5).mean()) if rest.any() else 0.0,
            "calibration_error": expected_calibration_error(chances, wrong > 0),
        }

    def calibration_pairs(
        self, outputs: Outputs, label: UseLabel, unit: Prepared
    ) -> tuple[Array, Array] | None:
        """The logits of all uses and whether they are wrong."""
        known = self.target(label, unit)["known"]
        return (outputs[0][known[:, 0], 0], known[:, 1] > 0) if len(known) else None


def _asked(answer: Inconsistencies, label: UseLabel, unit: Prepared) -> list[tuple[float, float, float]]:
    """Probability, whether wrong, and whether asked for, of every use; those that were not seen have 0."""
    said = {int(tokens_of(unit).offsets[one.item, 0]): one.probability for one in answer}
    return [
        (said.get(offset, 0.0), float(offset in label.wrong), float(offset in label.asked))
        for offset in sorted({*said, *label.wrong, *label.asked})
    ]
