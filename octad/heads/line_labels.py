"""Which rules does each line break: one logistic output per line and rule.

A line speaks through its first item; the unit as a whole speaks through item 0, whose label is
that any of its lines carries the rule.

Legend: B rows, L items, D width, R rules, P positives in the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from octad.encoders.batch import padded, with_row
from octad.encoders.code import tokens_of
from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, sigmoid
from octad.metrics.calibration import expected_calibration_error

if TYPE_CHECKING:
    from torch import nn


class Mark(NamedTuple):
    """A rule broken on a line of the file."""

    line: int
    rule: str


class LineScore(NamedTuple):
    """Probability that the line, whose first item is `item`, breaks the rule."""

    item: int
    line: int
    rule: str
    probability: float


class Marking(NamedTuple):
    """Probability of each rule for the unit, and the lines above `floor`, likeliest first."""

    unit: dict[str, float]
    lines: tuple[LineScore, ...]


class LineLabels(Head[frozenset[Mark], Marking]):
    """Several rules at once, for every line and for the unit."""

    outputs = ("rules",)
    loss = "line_labels"
    per_item = (True,)

    def __init__(self, rules: Sequence[str], *, floor: float = 0.05) -> None:
        self.rules = tuple(rules)
        self.floor = floor

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to logits `[B, L, R]`."""
        from octad.nn.readout import EveryItem

        return EveryItem(width, len(self.rules))

    def target(self, label: frozenset[Mark] | None, unit: Prepared) -> Mapping[str, Array]:
        """`known` says that the unit is labelled; `positive` `[P, 2]` holds (item, rule)."""
        lines = tokens_of(unit).spans[:, 0]
        first = {int(lines[i]): int(i) for i in np.flatnonzero(tokens_of(unit).first) if i}
        pairs: set[tuple[int, int]] = set()
        for line, rule in label or ():
            if rule in self.rules:
                index = self.rules.index(rule)
                pairs.add((0, index))
                if line in first:
                    pairs.add((first[line], index))
        positive = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        return {"known": np.array(label is not None), "positive": positive}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Known `[B]`, positive `[P, 3]` (row, item, rule), reads `[B, L]`: items that speak."""
        B, L = len(units), padded([len(unit) for unit in units])
        reads = np.zeros((B, L), np.bool_)
        for row, unit in enumerate(units):
            reads[row, : len(unit)] = tokens_of(unit).first
        reads[:, 0] = True
        return {
            "known": np.stack([target["known"] for target in targets]),
            "positive": with_row([target["positive"].astype(np.int32) for target in targets]),
            "reads": reads,
        }

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Marking:
        """Probabilities by unit and by line."""
        chances = sigmoid(outputs[0] / calibration.temperature)
        items = np.flatnonzero(tokens_of(unit).first)
        items = items[items > 0]
        lines = [
            LineScore(int(i), int(tokens_of(unit).spans[i, 0]), self.rules[r], float(chances[i, r]))
            for i in items
            for r in np.flatnonzero(chances[i] >= self.floor)
        ]
        ranked = tuple(sorted(lines, key=lambda score: -score.probability))
        return Marking(dict(zip(self.rules, map(float, chances[0]), strict=True)), ranked)

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability that the line of the item breaks the rule `label`."""
        return float(sigmoid(outputs[0][item, self.rules.index(label)] / calibration.temperature))

    def metrics(
        self, answers: Sequence[Marking], labels: Sequence[frozenset[Mark]], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """F1 over (line, rule) pairs at one half, and the calibration error of the stated ones."""
        said = {(i, s.line, s.rule): s.probability for i, a in enumerate(answers) for s in a.lines}
        true = {(i, *mark) for i, marks in enumerate(labels) for mark in marks if mark.rule in self.rules}
        sure = {key for key, probability in said.items() if probability >= 0.5}
        both = len(sure & true)
        keys = list(said)
        return {
            "precision": both / len(sure) if sure else 0.0,
            "recall": both / len(true) if true else 0.0,
            "f1": 2 * both / (len(sure) + len(true)) if sure or true else 0.0,
            "marks": float(len(true)),
            "calibration_error": expected_calibration_error(
                [said[k] for k in keys], [k in true for k in keys]
            ),
        }

    def calibration_pairs(
        self, outputs: Outputs, label: frozenset[Mark], unit: Prepared
    ) -> tuple[Array, Array] | None:
        """Every logit of the lines, and whether it is true."""
        items = np.flatnonzero(tokens_of(unit).first)
        truth = np.zeros((len(unit), len(self.rules)), np.bool_)
        positive = self.target(label, unit)["positive"]
        truth[positive[:, 0], positive[:, 1]] = True
        return outputs[0][items].reshape(-1), truth[items].reshape(-1)
