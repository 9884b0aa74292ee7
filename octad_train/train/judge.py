"""Fit the card of points behind `octad.review.judge`: a logistic regression on rules and steps of measures.

Legend: R rows, M measures, E edges, C columns of 0 and 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.review.judge import Judge
from octad.review.measures import Place, family, measures
from octad_train.data.public_sets import Row, folds

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
STRENGTH = 0.01
"""Inverse of the penalty on squared points; chosen by leaving out training projects."""
RULES = 5.0
"""How many times as far as those of a step the points of a rule or a family may lie from none."""
LOST = 0.15
"""The share of what people act on that may be folded away with what they do not."""
FEWEST, FEWEST_OF_FAMILY = 10, 50
"""Rows from which on a rule, or a family, has points of its own."""


class Known(NamedTuple):
    """Findings with their fate and project; `weights` undo the sampling of the set."""

    places: Sequence[Place]
    acted_on: NDArray[np.bool_]
    weights: Floats
    projects: Sequence[str]

    def part(self, chosen: NDArray[np.bool_]) -> Known:
        """Some of the rows."""
        numbers: list[int] = np.flatnonzero(chosen).tolist()
        return Known(
            [self.places[i] for i in numbers],
            self.acted_on[chosen],
            self.weights[chosen],
            [self.projects[i] for i in numbers],
        )


def place_of_row(row: Row) -> Place:
    """The place that a row of the set `alerts` tells of."""
    return Place(
        rule=row["rule"],
        message=row["message"],
        fix=row["fix"] if row["fix"] in ("safe", "unsafe") else "",
        path=row["path"],
        function=row["function"],
        text=row["code"],
        first_line=row["first_line"],
        line=row["line"],
    )


def sampling_weights(rows: Sequence[Row]) -> Floats:
    """How many findings of its rule and label, in its project at its time, a row stands for."""
    kinds = [(row["repo"], row["day"], row["rule"], row["label"]) for row in rows]
    drawn = Counter(kinds)
    of_all = [row["of_rule"][row["label"] != "fixed"] for row in rows]
    return np.array([total / drawn[kind] for total, kind in zip(of_all, kinds, strict=True)])


def fit(known: Known, measured: bool = True) -> Judge:
    """Points from some findings, right for the share that the sampling left; without measures, the floor."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rules = Counter(place.rule for place in known.places)
    families = Counter(family(place.rule) for place in known.places)
    names = [rule for rule, count in sorted(rules.items()) if count >= FEWEST]
    kinds = [name for name, count in sorted(families.items()) if count >= FEWEST_OF_FAMILY]
    numbers = numbers_of(known.places)
    edges = _edges(numbers)
    columns = np.hstack([
        _is(names, [place.rule for place in known.places]),
        _is(kinds, [family(place.rule) for place in known.places]),
        _indicators(numbers, edges) * np.float32(measured),
    ])  # fmt: skip
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(csr_matrix(columns), known.acted_on)
    of_rules, of_kinds, points = np.split(model.coef_[0], [len(names), len(names) + len(kinds)])
    of_rules, of_kinds = RULES * of_rules, RULES * of_kinds
    return Judge(
        rules=dict(zip(names, of_rules.round(4).tolist(), strict=True)),
        families=dict(zip(kinds, of_kinds.round(4).tolist(), strict=True)),
        edges=edges,
        points=points.reshape(len(edges), -1).astype(np.float32),
        start=float(model.intercept_[0]),
    )


def numbers_of(places: Sequence[Place]) -> NDArray[np.float32]:
    """Measures of places, `[R, M]`."""
    return np.array([list(measures(place).values()) for place in places], np.float32)


def logits(judge: Judge, places: Sequence[Place]) -> Floats:
    """What a judge says of places as log-odds; its start where it knows nothing of the rule."""
    said = [judge.chance(place) for place in places]
    chances = np.array([1 / (1 + np.exp(-judge.start)) if one is None else one for one in said])
    return np.asarray(np.log(chances / (1 - chances)), np.float64)


def left_out(known: Known, measured: bool = True) -> Floats:
    """Log-odds `[R]` from judges that saw no finding of the same project."""
    fold = np.array(folds(known.projects))
    found = np.zeros(len(fold))
    for number in np.unique(fold):
        held = fold == number
        found[held] = logits(fit(known.part(~held), measured), known.part(held).places)
    return found


def calibrated(judge: Judge, said: Floats, known: Known) -> Judge:
    """The judge with points scaled and moved so that its chances hold for all findings, not the sampled ones.

    `said` are log-odds of the rows that were left out (Platt 1999), which count by their weights.
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(said[:, None], known.acted_on, known.weights)
    scale, shift = float(model.coef_[0, 0]), float(model.intercept_[0])
    chances = 1 / (1 + np.exp(-(scale * said + shift)))
    return Judge(
        fold_below=round(fold_at(chances, known), 4),
        rules={name: round(scale * value, 4) for name, value in judge.rules.items()},
        families={name: round(scale * value, 4) for name, value in judge.families.items()},
        edges=judge.edges,
        points=(scale * judge.points).astype(np.float32),
        start=scale * judge.start + shift,
    )


def fold_at(chances: Floats, known: Known) -> float:
    """The chance below which findings hold at most `LOST` of what people act on, by weight."""
    order = np.argsort(chances, kind="stable")
    lost = np.cumsum((known.weights * known.acted_on)[order])
    kept = np.flatnonzero(lost > LOST * lost[-1])
    return float(chances[order[kept[0]]]) if len(kept) else 0.0


def _is(names: Sequence[str], of_rows: Sequence[str]) -> NDArray[np.float32]:
    """Which of some names each row has, `[R, C]`; large numbers, on which the penalty is less."""
    return np.array([[one == name for name in names] for one in of_rows], np.float32) * np.float32(RULES)


def _edges(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Quantiles of each measure, or all its values but the greatest where it has few; `[M, E]`."""
    edges = np.full((numbers.shape[1], len(QUANTILES)), np.inf, np.float32)
    for row, column in zip(edges, numbers.T, strict=True):
        values = np.unique(column)
        some = values[:-1] if len(values) <= len(QUANTILES) else np.unique(np.quantile(column, QUANTILES))
        row[: len(some)] = some
    return edges


def _indicators(numbers: NDArray[np.float32], edges: NDArray[np.float32]) -> NDArray[np.float32]:
    """Which step each measure is in, `[R, M * (E + 1)]`."""
    steps: Steps = (numbers[:, :, None] > edges).sum(2)
    shape = (len(numbers), edges.shape[0] * (edges.shape[1] + 1))
    return np.eye(edges.shape[1] + 1, dtype=np.float32)[steps].reshape(shape)
