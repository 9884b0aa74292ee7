"""Where is it wrong, and which edit repairs it: a pointer with a ranking of repairs.

The location is a softmax over the items at which an edit is possible, with item 0 for "nothing is
wrong" (Vasic et al. 2019). At a location, one softmax ranks the edits of a fixed vocabulary that
the syntax allows there together with a pointer to the other names of the same role (as in BugLab,
Allamanis et al. 2021).

Legend: B rows, L items, D width, V edits, K size of the name pointer, C allowed edits in the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from octad.encoders.batch import padded, with_row
from octad.encoders.code import tokens_of
from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, softmax
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import auc
from octad.syntax.edits import EDITS

if TYPE_CHECKING:
    from torch import Tensor, nn

NAME = 0
"""The id of the edit "replace by another name", whose argument the pointer chooses."""


WORTH_SAYING = 0.01
"""Repairs less likely than this are left out, the best one excepted."""


class RankedRepair(NamedTuple):
    """An edit at an item, with its probability given that the item is the wrong one."""

    edit: int
    name: str | None
    probability: float


class Suspect(NamedTuple):
    """An item that may be wrong, with its probability and its repairs, best first.

    `probability` is as learned, where half of all units have a bug; `stated` is calibrated, on real code if
    the weights were: findings say it.
    """

    item: int
    probability: float
    repairs: tuple[RankedRepair, ...]
    stated: float = 0.0


class Diagnosis(NamedTuple):
    """Probability that anything is wrong, and the likeliest places, best first."""

    probability: float
    suspects: tuple[Suspect, ...]


Correct = Literal["correct"]


@dataclass(frozen=True, slots=True)
class BugLabel:
    """The repair of the one bug in a text: what to do where.

    `offset` is the character offset, in the buggy text, of the item at which the repair applies;
    `edit` the index in `syntax.edits.EDITS` of the repairing edit; `name` the right name where the
    edit is the pointer (index 0), else None; `kind` the rule that the bug breaks.
    """

    offset: int
    edit: int
    name: str | None
    kind: str


Label = BugLabel | Correct


class Pointer(Head[Label, Diagnosis]):
    """Location and repair of at most one wrong token in a unit."""

    outputs = ("location", "edit", "query", "key")
    loss = "pointer"
    abstains = True
    per_item = (True, True, True, True)

    def __init__(self, *, size: int = 128, suspects: int = 5, repairs: int = 3) -> None:
        self.size = size
        self.suspects = suspects
        self.repairs = repairs

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to location `[B, L]`, edit `[B, L, V]`, query and key `[B, L, K]`."""
        from octad.nn.pointer import PointerNetwork

        return PointerNetwork(width, len(EDITS), self.size)

    def target(self, label: Label | None, unit: Prepared) -> Mapping[str, Array]:
        """`truth` = (item, edit, name id); item is 0 for correct, -1 for unlabelled or out of reach."""
        truth = [-1, -1, -1]
        if label == "correct":
            truth = [0, -1, -1]
        elif isinstance(label, BugLabel):
            truth = self._truth(label, unit)
        return {"truth": np.array(truth, np.int64)}

    @staticmethod
    def _truth(label: BugLabel, unit: Prepared) -> list[int]:
        tokens = tokens_of(unit)
        found = np.flatnonzero(tokens.offsets[1:, 0] == label.offset) + 1
        if not len(found):
            return [-1, -1, -1]
        item = int(found[0])
        if label.edit != NAME:
            allowed = ((tokens.edits[:, 0] == item) & (tokens.edits[:, 1] == label.edit)).any()
            return [item, label.edit, -1] if allowed else [-1, -1, -1]
        same = (tokens.role == tokens.role[item]) & (tokens.name != tokens.name[item])
        named = [i for i in np.flatnonzero(same) if tokens.words[i] == label.name]
        return [item, NAME, int(tokens.name[named[0]])] if named else [-1, -1, -1]

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Truth `[B, 3]`, role and name `[B, L]`, allowed `[C, 3]` (row, item, edit)."""
        B, L = len(units), padded([len(unit) for unit in units])
        role, name = np.zeros((B, L), np.uint8), np.full((B, L), -1, np.int32)
        for row, unit in enumerate(units):
            role[row, : len(unit)] = tokens_of(unit).role
            name[row, : len(unit)] = tokens_of(unit).name
        return {
            "truth": np.stack([target["truth"] for target in targets]),
            "role": role,
            "name": name,
            "allowed": with_row([tokens_of(unit).edits for unit in units]),
        }

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Diagnosis:
        """The likeliest items with their repairs; items where no edit is possible are left out."""
        location, edit, query, key = outputs
        possible = candidates(unit)
        chances, stated = (chances_of(location, possible, one) for one in (UNFITTED, calibration))
        order = np.argsort(-chances[1:], kind="stable")[: self.suspects] + 1
        suspects = tuple(
            Suspect(
                item=int(i),
                probability=float(chances[i]),
                repairs=self._ranked(int(i), edit[i], query[i], key, unit),
                stated=float(stated[i]),
            )
            for i in order
            if possible[i]
        )
        return Diagnosis(float(1 - chances[0]), suspects)

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability that the item is the wrong one."""
        return float(chances_of(outputs[0], candidates(unit), calibration)[item])

    def log_probability(self, outputs: Sequence[Tensor], unit: Prepared, item: int) -> Tensor:
        """The logarithm of `probability` for one row, not calibrated, with gradients, `[]`."""
        from torch import from_numpy

        location = outputs[0][0, : len(unit)].float()
        possible = from_numpy(candidates(unit)).to(location.device)
        return location.masked_fill(~possible, float("-inf")).log_softmax(0)[item]

    def metrics(
        self, answers: Sequence[Diagnosis], labels: Sequence[Label], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Detection over all units; localisation, repair and joint over buggy ones, as in GREAT.

        The location is right when the true item outranks all others, "nothing is wrong" included.
        """
        rows = [self._outcome(*row) for row in zip(answers, labels, units, strict=True)]
        buggy = np.array([label != "correct" for label in labels], np.bool_)
        detected, located, repaired = (np.array(column, np.bool_) for column in zip(*rows, strict=True))
        wrong = np.array([answer.probability for answer in answers])
        return {
            "detection": float(detected.mean()),
            "localisation": float(located[buggy].mean()) if buggy.any() else 0.0,
            "repair": float(repaired[buggy].mean()) if buggy.any() else 0.0,
            "joint": float((located & repaired)[buggy].mean()) if buggy.any() else 0.0,
            "auc": auc(wrong, buggy),
            "calibration_error": expected_calibration_error(wrong, buggy),
            "majority": float(max(buggy.mean(), 1 - buggy.mean())),
        }

    @staticmethod
    def _outcome(answer: Diagnosis, label: Label, unit: Prepared) -> tuple[bool, bool, bool]:
        """Detected, located, repaired."""
        if label == "correct":
            return answer.probability < 0.5, False, False
        assert isinstance(label, BugLabel)
        true = [s for s in answer.suspects if tokens_of(unit).offsets[s.item, 0] == label.offset]
        top = bool(true) and true[0] == answer.suspects[0] and true[0].probability > 1 - answer.probability
        best = true[0].repairs[0] if true and true[0].repairs else None
        repaired = best is not None and (best.edit, best.name) == (label.edit, label.name)
        return answer.probability >= 0.5, top, repaired

    def calibration_pairs(self, outputs: Outputs, label: Label, unit: Prepared) -> tuple[Array, Array] | None:
        """Scores of the locations and the index of the true one, when it is among them."""
        item = int(self.target(label, unit)["truth"][0])
        possible = candidates(unit)
        if item < 0 or not possible[item]:
            return None
        return np.where(possible, outputs[0].astype(np.float64), -np.inf), np.array(item)

    def _ranked(
        self, item: int, edit: Array, query: Array, key: Array, unit: Prepared
    ) -> tuple[RankedRepair, ...]:
        tokens = tokens_of(unit)
        edits = tokens.edits[tokens.edits[:, 0] == item, 1]
        others = other_names(unit, item)
        scores = np.concatenate([edit[edits], key[others] @ query / self.size**0.5])
        if not len(scores):
            return ()
        chances = softmax(scores)
        repairs = [RankedRepair(int(e), None, float(p)) for e, p in zip(edits, chances, strict=False)]
        summed: dict[str, float] = {}
        for other, chance in zip(others, chances[len(edits) :], strict=True):
            word = tokens.words[other]
            summed[word] = summed.get(word, 0.0) + float(chance)
        repairs += [RankedRepair(NAME, word, chance) for word, chance in summed.items()]
        ranked = sorted(repairs, key=lambda r: -r.probability)[: self.repairs]
        return tuple(r for r in ranked if r is ranked[0] or r.probability >= WORTH_SAYING)


def chances_of(location: Array, possible: Array, calibration: Calibration = UNFITTED) -> Array:
    """Probabilities of the possible items from their scores `[N]`; the offset is that of item 0."""
    cooled = location.astype(np.float64) / calibration.temperature
    cooled[0] += calibration.offset
    return softmax(np.where(possible, cooled, -np.inf))


def other_names(unit: Prepared, item: int) -> Array:
    """Items that bear another name of the same role as `item`."""
    tokens = tokens_of(unit)
    if not tokens.role[item]:
        return np.zeros(0, np.int64)
    return np.flatnonzero((tokens.role == tokens.role[item]) & (tokens.name != tokens.name[item]))


def candidates(unit: Prepared) -> Array:
    """Which items can be wrong `[N]`: item 0, those with an allowed edit, names that have rivals."""
    tokens = tokens_of(unit)
    possible = np.zeros(len(unit), np.bool_)
    possible[0] = True
    possible[tokens.edits[:, 0]] = True
    for role in (1, 2):
        held = tokens.role == role
        if len(np.unique(tokens.name[held])) > 1:
            possible |= held
    return possible
