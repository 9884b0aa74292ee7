"""Where would a repair go, and of which class would it be: a pointer over tokens and the gaps before them.

Learned from real repairs. Given that something is to be repaired in a unit, a softmax over all its tokens
and gaps says where; at each a softmax says of which class the repair is. Whether anything is wrong at all is
another question, which other heads answer.

Legend: B rows, L items, D width, C classes, P right places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from octad.encoders.batch import padded, with_row
from octad.encoders.code import tokens_of
from octad.encoders.prepared import Prepared
from octad.heads.base import UNFITTED, Array, Calibration, Head, Outputs, softmax
from octad.metrics.calibration import expected_calibration_error
from octad.syntax.tokens import Kind

if TYPE_CHECKING:
    from torch import nn

TOKEN, GAP = 0, 1
"""The token itself is wrong, or something is missing before it; the gap of item 0 is the end of the unit."""


class RepairLabel(NamedTuple):
    """What a repair changed: characters of the text, half open, and lines of the file that are near enough.

    A range whose ends are equal is a gap: something was put in before that character. `kind` is the class of
    the repair.
    """

    ranges: tuple[tuple[int, int], ...]
    lines: frozenset[int]
    kind: str


class LinePlace(NamedTuple):
    """A line with the probability that a repair starts there; its likeliest item, and classes, best first.

    `missing` says that something is to be put in before the item.
    """

    line: int
    probability: float
    item: int
    missing: bool
    kinds: tuple[tuple[str, float], ...]


Places = tuple[LinePlace, ...]
"""All lines of a unit that hold code, likeliest first."""


class Place(Head[RepairLabel, Places]):
    """The place of a repair, and its class, one of `kinds`."""

    outputs = ("place", "kind")
    loss = "place"
    per_item = (True, True)

    def __init__(self, kinds: Sequence[str]) -> None:
        self.kinds = tuple(kinds)

    def network(self, width: int) -> nn.Module:
        """States `[B, L, D]` to scores of token and gap `[B, L, 2]` and of classes `[B, L, C]`."""
        from octad.nn.place import PlaceNetwork

        return PlaceNetwork(width, len(self.kinds))

    def target(self, label: RepairLabel | None, unit: Prepared) -> Mapping[str, Array]:
        """`right` `[P, 2]` holds (item, token or gap), `possible` `[L, 2]`, `kind` the class or -1.

        None is right where there is no label, or the repair is beyond what was read.
        """
        right = _right(label, unit) if label is not None else []
        return {
            "right": np.array(right, np.int32).reshape(-1, 2),
            "possible": possible(unit),
            "kind": np.array(self.kinds.index(label.kind) if label is not None and right else -1, np.int64),
        }

    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Right `[P, 3]` (row, item, token or gap), possible `[B, L, 2]`, kind `[B]`."""
        B, L = len(units), padded([len(unit) for unit in units])
        table = np.zeros((B, L, 2), np.bool_)
        for row, target in enumerate(targets):
            table[row, : len(target["possible"])] = target["possible"]
        return {
            "right": with_row([target["right"] for target in targets]),
            "possible": table,
            "kind": np.stack([target["kind"] for target in targets]),
        }

    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Places:
        """Every line with code, likeliest first; the gap at the end counts for the last of them."""
        chances, kinds, lines = self._chances(outputs, unit, calibration), outputs[1], lines_of_items(unit)
        found = []
        for line in np.unique(lines[chances.any(1)]).tolist():
            own = np.flatnonzero(lines == line)
            item, side = np.unravel_index(int(chances[own].argmax()), (len(own), 2))
            weights = chances[own].sum(1)
            shares = softmax(weights @ kinds[own].astype(np.float64) / weights.sum())
            ranked = sorted(zip(self.kinds, map(float, shares), strict=True), key=lambda one: -one[1])
            place = int(own[item]) or len(lines) - 1
            found.append(LinePlace(line, float(chances[own].sum()), place, bool(side == GAP), tuple(ranked)))
        return tuple(sorted(found, key=lambda one: -one.probability))

    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability that a repair starts on the line of the item."""
        lines = lines_of_items(unit)
        return float(self._chances(outputs, unit, calibration)[lines == lines[item]].sum())

    def metrics(
        self, answers: Sequence[Places], labels: Sequence[RepairLabel], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Shares of repairs that touch the first line, the first three and five; class at the right line."""
        hits = [
            [one.line in label.lines for one in answer[:5]]
            for answer, label in zip(answers, labels, strict=True)
        ]
        said = [
            next((one.kinds for one in answer if one.line in label.lines), ())
            for answer, label in zip(answers, labels, strict=True)
        ]
        kinds = [label.kind for label in labels]
        commonest = max(kinds.count(kind) for kind in set(kinds)) / len(kinds) if kinds else 0.0
        tops = [answer[0].probability if answer else 0.0 for answer in answers]
        return {
            **{f"line_{k}": float(np.mean([any(one[:k]) for one in hits])) for k in (1, 3, 5)},
            **{
                f"kind_{k}": float(
                    np.mean([kind in dict(one[:k]) for one, kind in zip(said, kinds, strict=True)])
                )
                for k in (1, 3)
            },
            "commonest_kind": commonest,
            "calibration_error": expected_calibration_error(tops, [bool(one and one[0]) for one in hits]),
        }

    def calibration_pairs(
        self, outputs: Outputs, label: RepairLabel, unit: Prepared
    ) -> tuple[Array, Array] | None:
        """Scores of all places, and the index of the likeliest right one."""
        right = _right(label, unit)
        if not right:
            return None
        scores = np.where(possible(unit), outputs[0].astype(np.float64), -np.inf)
        best = max(right, key=lambda place: float(scores[place]))
        return scores.reshape(-1), np.array(2 * best[0] + best[1])

    def _chances(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> Array:
        """The probability of every token and gap `[L, 2]`."""
        scores = np.where(possible(unit), outputs[0].astype(np.float64) / calibration.temperature, -np.inf)
        return softmax(scores.reshape(-1)).reshape(scores.shape)


def lines_of_items(unit: Prepared) -> Array:
    """The line of every item `[L]`; item 0, whose gap is the end of the unit, is on that of the last."""
    lines = tokens_of(unit).spans[:, 0].copy()
    lines[0] = lines[-1]
    return lines


def possible(unit: Prepared) -> Array:
    """Which tokens and gaps can be the place `[L, 2]`: all but comments, and the end of the unit."""
    tokens = tokens_of(unit)
    kept = tokens.kind != Kind.COMMENT
    found = np.stack([kept, kept], 1)
    found[0] = (False, True)
    return found


def _right(label: RepairLabel, unit: Prepared) -> list[tuple[int, int]]:
    """The tokens that a repair changed and the gaps that it filled; none where these were not read."""
    tokens, open_to = tokens_of(unit), possible(unit)
    begins, ends = tokens.offsets[:, 0], tokens.offsets[:, 1]
    found: list[tuple[int, int]] = []
    for first, last in label.ranges:
        if first < last:
            inside = np.flatnonzero((begins < last) & (ends > first) & open_to[:, TOKEN])
            found += [(int(item), TOKEN) for item in inside]
        else:
            after = np.flatnonzero((begins >= first) & open_to[:, TOKEN])
            if len(after):
                found.append((int(after[0]), GAP))
            elif not tokens.truncated:
                found.append((0, GAP))
    return found
