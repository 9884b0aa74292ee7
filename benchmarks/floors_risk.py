"""Floors of the risk of a change on `jit_dp`: lines added, logistic regression and boosted trees.

Run: OCTAD_DATA=<folder of the labelled sets> python benchmarks/floors_risk.py   (3 minutes)

Every project's oldest four fifths train, its newest fifth is the test. What is known of earlier defects comes
from the training part alone and 120 days late. Settings were chosen on the newest quarter of that part.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from octad.errors import InputError
from octad.metrics.ranking import auc
from octad.signals.change_history import MEASURES, NAMES, Floats, history_numbers
from octad_train.data.changes.jit_dp import jit_changes, past_of
from octad_train.evaluate.tables import machine, table
from octad_train.metrics.gate_curve import caught

GATES = (0.05, 0.10, 0.20)
LINES = NAMES.index("la")
MEASURED, EVERYTHING = range(len(MEASURES)), range(len(NAMES))


class Project:
    """Numbers `[N, K]` of a project's changes, which are defective, and how many are for training."""

    def __init__(self, numbers: Floats, labels: NDArray[np.bool_], n: int) -> None:
        self.numbers = np.where(np.isnan(numbers).all(axis=0), 0.0, numbers)
        self.labels = labels
        self.n = n


Projects = dict[str, Project]
Scores = dict[str, Floats]


def projects() -> Projects:
    """Every project of the set, whether it has a test part here or not."""
    found = {}
    for name, changes in jit_changes().items():
        labels = np.array([change.label for change in changes])
        numbers = history_numbers(past_of(changes))
        found[name] = Project(numbers, labels, sum(not change.test for change in changes))
    return found


def alone(make: Callable[[], object], columns: range, known: Projects) -> Scores:
    """Log-odds of the test part by a model of each project's own."""
    scores = {}
    for name, one in tested(known).items():
        model = make()
        model.fit(one.numbers[: one.n, columns], one.labels[: one.n])  # type: ignore[attr-defined]
        scores[name] = model.decision_function(one.numbers[one.n :, columns])  # type: ignore[attr-defined]
    return scores


def together(columns: range, known: Projects) -> Scores:
    """Log-odds by one model of all projects, the small ones weighted up."""
    weights = np.concatenate([np.full(one.n, one.n**-0.5) for one in known.values()])
    model = HistGradientBoostingClassifier(
        learning_rate=0.03, max_iter=500, max_leaf_nodes=16, max_features=0.15, min_samples_leaf=100,
        l2_regularization=10, random_state=0,
    )  # fmt: skip
    model.fit(
        np.concatenate([one.numbers[: one.n, columns] for one in known.values()]),
        np.concatenate([one.labels[: one.n] for one in known.values()]),
        sample_weight=weights / weights.mean(),
    )
    return {
        name: model.decision_function(one.numbers[one.n :, columns]) for name, one in tested(known).items()
    }


def tested(known: Projects) -> Projects:
    """Projects whose test part is here."""
    return {name: one for name, one in known.items() if one.n < len(one.labels)}


def careful() -> HistGradientBoostingClassifier:
    """Small trees, few columns each: what little data bears."""
    return HistGradientBoostingClassifier(
        learning_rate=0.04, max_iter=250, max_leaf_nodes=6, min_samples_leaf=60, max_features=0.15,
        l2_regularization=30, random_state=0,
    )  # fmt: skip


def standard(scores: Floats) -> Floats:
    """Scores without their mean and scale."""
    return np.asarray((scores - scores.mean()) / scores.std())


def row(name: str, scores: Scores, known: Projects) -> list[object]:
    """AUC of each project, their mean, and the mean share of defects caught at each gate."""
    truth = {project: one.labels[one.n :] for project, one in tested(known).items()}
    areas = [auc(scores[project], truth[project]) for project in truth]
    shares = [np.mean([caught(scores[p], truth[p], gate) for p in truth]) for gate in GATES]
    return [name, *areas, float(np.mean(areas)), *map(float, shares)]


def main() -> int:
    """Print the table."""
    try:
        known = projects()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    own, pooled = alone(careful, EVERYTHING, known), together(EVERYTHING, known)
    logistic = alone(lambda: make_pipeline(StandardScaler(), LogisticRegression(C=0.1)), MEASURED, known)
    plain = alone(lambda: HistGradientBoostingClassifier(random_state=0), MEASURED, known)
    both = {name: standard(own[name]) + standard(pooled[name]) for name in own}
    rows = [
        row("lines added", {name: one.numbers[one.n :, LINES] for name, one in tested(known).items()}, known),
        row("logistic regression, measures", logistic, known),
        row("trees, measures", plain, known),
        row("small trees, measures", alone(careful, MEASURED, known), known),
        row("small trees, history", own, known),
        row("one model of all projects, measures", together(MEASURED, known), known),
        row("one model of all projects, history", pooled, known),
        row("both of history, added", both, known),
    ]
    header = ["model", *tested(known), "mean AUC", *(f"caught at {gate:.0%}" for gate in GATES)]
    sys.stdout.write(table("Risk of a change on jit_dp, newest fifth of each project", header, rows))
    sys.stdout.write(f"\nSeed 0. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
