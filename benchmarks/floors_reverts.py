"""What simple means say of which changes were taken back, on projects left out in turn.

    OCTAD_DATA=<labelled sets> python benchmarks/floors_reverts.py

Area under the curve over all changes and as the mean over projects, of the train part of the set `reverts`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline

from octad_train.data.changes.reverts import REVERTS
from octad_train.data.public_sets import Row, rows
from octad_train.train.taken_back import Table, figures

FOLDS = 10
Scores = NDArray[np.float64]


def main() -> None:
    """Print a line for each floor."""
    train = [row for row in rows(REVERTS) if row["split"] == "train"]
    truth = np.array([row["reverted"] for row in train], np.bool_)
    table = Table(np.zeros((len(train), 0)), (), truth, np.array([row["repo"] for row in train]))
    measures = np.array([list(row["measures"].values()) for row in train], np.float64)
    trees = HistGradientBoostingClassifier(
        learning_rate=0.03, max_iter=200, max_leaf_nodes=8, min_samples_leaf=40, l2_regularization=10,
        max_features=0.3, random_state=0,
    )  # fmt: skip
    floors = {
        "lines added": measures[:, 0],
        "trees on the measures": left_out(trees, measures, table),
        "words of the subject": left_out(words(), texts(train, lambda row: row["subject"]), table),
        "words of the diff": left_out(words(), texts(train, lambda row: row["diff"]), table),
    }
    for name, said in floors.items():
        found = figures(said, table)
        print(f"{name:24} all {found['auc']:.3f}  projects {found['auc_of_projects']:.3f}")


def texts(train: list[Row], of: Callable[[Row], str]) -> NDArray[Any]:
    """One text of each row."""
    return np.array([of(row) for row in train], dtype=object)


def words() -> Any:
    """Word counts with a logistic regression."""
    return make_pipeline(
        TfidfVectorizer(sublinear_tf=True, min_df=5, max_features=20_000, token_pattern=r"[A-Za-z_]{2,}"),
        LogisticRegression(C=0.3, max_iter=300),
    )


def left_out(model: Any, inputs: NDArray[Any], table: Table) -> Scores:
    """What a model says of each row that was fitted on other projects alone."""
    said = np.zeros(len(table.truth))
    for own, other in GroupKFold(FOLDS, shuffle=True, random_state=0).split(inputs, groups=table.projects):
        said[other] = model.fit(inputs[own], table.truth[own]).decision_function(inputs[other])
    return said


if __name__ == "__main__":
    main()
