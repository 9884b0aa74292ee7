"""Which of the items is it, or none of them: a softmax over candidates of some inputs and item 0.

Legend: B rows, L items, D width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from octad.encoders.batch import padded
from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, softmax
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import mean_reciprocal_rank, top_k
from octad.records.report import Anchor

if TYPE_CHECKING:
    from torch import nn

Names = frozenset[str]
"""The names of the right items; empty where none of the candidates is right."""


class Ranked(NamedTuple):
    """A candidate with its probability, where it was read, and the service it is of."""

    item: int
    name: str
    probability: float
    anchor: Anchor
    subject: str = ""


class Choice(NamedTuple):
    """The probability that no candidate is right, and the candidates, best first."""

    none: float
    ranked: tuple[Ranked, ...]

    @property
    def accuses(self) -> bool:
        """Whether a candidate is likelier than none."""
        return bool(self.ranked) and self.ranked[0].probability > self.none


class Ranking(Head[Names, Choice]):
    """A choice among the candidates of `streams`; item 0 stands for none of them."""

    outputs = ("score",)
    loss = "ranking"
    per_item = (True,)
    abstains = True

    def __init__(self, *streams: str) -> None:
        self.streams = streams

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to scores `[B, L]`."""
        from octad.nn.readout import BesideSummary

        return BesideSummary(width)

    def target(self, label: Names | None, unit: Prepared) -> Mapping[str, Array]:
        """Candidates and right items `[L]`; unlabelled where the right one is not among the candidates."""
        candidates = unit.candidates(self.streams)
        right = np.zeros(len(unit), np.bool_)
        for part in unit.parts:
            if label and part.name in self.streams:
                names = np.array([name in label for name in part.items.names], np.bool_)
                right[part.first : part.first + len(names)] = names
        right &= candidates
        right[0] = label is not None and not label
        return {"candidates": candidates, "right": right, "known": np.array(right.any())}

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Candidates and right `[B, L]`, known `[B]`."""
        B, L = len(units), padded([len(unit) for unit in units])
        table = {name: np.zeros((B, L), np.bool_) for name in ("candidates", "right")}
        for row, (target, unit) in enumerate(zip(targets, units, strict=True)):
            for name, rows in table.items():
                rows[row, : len(unit)] = target[name]
        return {**table, "known": np.stack([target["known"] for target in targets])}

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Choice:
        """All candidates, best first."""
        chances = self._chances(outputs[0], unit, calibration)
        held = np.flatnonzero(unit.candidates(self.streams))[1:]
        order = held[np.argsort(-chances[held], kind="stable")]
        ranked = tuple(_ranked(unit, int(i), float(chances[i])) for i in order)
        return Choice(float(chances[0]), ranked)

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability of the item, or of the candidates of the name `label`; 0 where there is none."""
        chances = self._chances(outputs[0], unit, calibration)
        if not label:
            return float(chances[item])
        named = [i for i in np.flatnonzero(unit.candidates(self.streams))[1:] if _name(unit, int(i)) == label]
        return float(chances[named].sum())

    def metrics(
        self, answers: Sequence[Choice], labels: Sequence[Names], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Rank of the first right candidate where there is one; how often none is rightly said.

        `false_alarms` is the share of cases without a right candidate in which one is likelier than none.
        """
        ranks = [_rank(answer, label) for answer, label in zip(answers, labels, strict=True) if label]
        negatives = [answer for answer, label in zip(answers, labels, strict=True) if not label]
        tops = [answer.ranked[0] for answer in answers if answer.ranked]
        right = [a.ranked[0].name in b for a, b in zip(answers, labels, strict=True) if a.ranked]
        return {
            **{f"top{k}": top_k(ranks, k) for k in (1, 3, 5)},
            "mrr": mean_reciprocal_rank(ranks),
            "false_alarms": sum(answer.accuses for answer in negatives) / max(len(negatives), 1),
            "calibration_error": expected_calibration_error([top.probability for top in tops], right),
        }

    def calibration_pairs(self, outputs: Outputs, label: Names, unit: Prepared) -> tuple[Array, Array] | None:
        """The scores of the candidates and the index of a right one."""
        right = self.target(label, unit)["right"]
        if not right.any():
            return None
        masked = np.where(unit.candidates(self.streams), outputs[0].astype(np.float64), -np.inf)
        return masked, np.array(int(np.flatnonzero(right)[0]))

    def _chances(self, scores: Array, unit: Prepared, calibration: Calibration) -> Array:
        """The probability of every item, that of none at item 0."""
        cooled = scores.astype(np.float64) / calibration.temperature
        cooled[0] += calibration.offset
        return softmax(np.where(unit.candidates(self.streams), cooled, -np.inf))


def _ranked(unit: Prepared, item: int, probability: float) -> Ranked:
    part, index = unit.at(item)
    anchor, name = unit.shown(item, "case")
    return Ranked(item, name, probability, anchor, part.items.subjects[index])


def _name(unit: Prepared, item: int) -> str:
    part, index = unit.at(item)
    return part.items.names[index]


def _rank(answer: Choice, label: Names) -> float:
    found = [place for place, ranked in enumerate(answer.ranked, 1) if ranked.name in label]
    return float(found[0]) if found else float("inf")
