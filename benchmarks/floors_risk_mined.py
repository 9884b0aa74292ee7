"""What each input is worth for the risk of a change: floors on mined repositories.

    python benchmarks/floors_risk_mined.py [.data/operations/histories]   (three minutes)

Boosted trees on numbers; where there are words, their counts with logistic regression give one more number,
out of fold by time. The newest fifth of every repository is the test, program code alone; one model of all.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from octad.metrics.ranking import auc
from octad.read.history.churn import churn_numbers
from octad.records.change import FileChange, paths_of
from octad.signals.change_history import BEFOREHAND, MEASURES
from octad_train.data.changes.labelled_changes import Risk, mined
from octad_train.evaluate.tables import machine, table
from octad_train.metrics.gate_curve import caught

Floats = NDArray[np.float64]
GATES = (0.05, 0.10, 0.20)
FOLDS = 4
LONGEST = 20_000
"""Characters of a diff that are read."""
WORD = r"[A-Za-z]{2,}|[^\w\s]"
OF_CHANGE = len(MEASURES)
"""The first numbers are of the change alone; those after it are of what came before it."""


def numbers(held: Sequence[Risk], names: Sequence[int]) -> Floats:
    """Some of the numbers of every change, NaN where they are not known."""
    told = [(*one.change.past, *(None,) * len(BEFOREHAND))[: len(BEFOREHAND)] for one in held]
    return np.array([[np.nan if row[i] is None else row[i] for i in names] for row in told], np.float64)


def churn(held: Sequence[Risk]) -> Floats:
    """Numbers of the changed lines."""
    return np.array([churn_numbers(map(_sides, one.change.files)) for one in held], np.float64)


def _sides(file: FileChange) -> tuple[str, list[str], list[str]]:
    after, before = (side.text.splitlines() if side else [] for side in (file.after, file.before))
    held = file.after or file.before
    return held.path if held else "", after, before


def message(one: Risk) -> str:
    return one.change.message


def diff(one: Risk) -> str:
    sides = [line for file in one.change.files for lines in _sides(file)[1:] for line in lines]
    return " ".join([*paths_of(one.change), *sides])[:LONGEST]


def words(train: Sequence[str], truth: NDArray[np.bool_], test: Sequence[str]) -> tuple[Floats, Floats]:
    """Log-odds of texts by their words: of the training part out of fold, of the test by a model of all."""
    found = np.zeros(len(train))
    folds = np.arange(len(train)) * FOLDS // max(len(train), 1)
    for fold in range(FOLDS):
        inside = folds == fold
        others, own = ([train[i] for i in np.flatnonzero(side).tolist()] for side in (~inside, inside))
        found[inside] = _counted(others, truth[~inside], own)
    return found, _counted(train, truth, test)


def _counted(train: Sequence[str], truth: NDArray[np.bool_], test: Sequence[str]) -> Floats:
    counts = TfidfVectorizer(min_df=5, max_features=30_000, sublinear_tf=True, token_pattern=WORD)
    model = LogisticRegression(C=0.5, max_iter=300, class_weight="balanced")
    model.fit(counts.fit_transform(train), truth)
    return np.asarray(model.decision_function(counts.transform(test)))


def fitted(train: Floats, truth: NDArray[np.bool_], test: Floats) -> Floats:
    """Log-odds by boosted trees."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.04, max_iter=250, max_leaf_nodes=8, min_samples_leaf=60, max_features=0.3,
        l2_regularization=10, random_state=0,
    )  # fmt: skip
    return np.asarray(model.fit(train, truth).decision_function(test))


def row(name: str, said: Floats, test: Sequence[Risk]) -> list[object]:
    """Mean over repositories of the area and of the shares caught."""
    each = []
    for project in sorted({one.project for one in test}):
        at = [i for i, one in enumerate(test) if one.project == project]
        truth = np.array([test[i].label for i in at])
        each.append((auc(said[at], truth), *(caught(said[at], truth, gate) for gate in GATES)))
    return [name, *np.mean(each, axis=0)]


def main(folder: Path = Path(".data/operations/histories")) -> int:
    """Print the table."""
    held = sorted(mined(folder), key=lambda one: one.change.time.timestamp() if one.change.time else 0.0)
    train, test = ([one for one in held if (one.part == "test") == late] for late in (False, True))
    if not train or not test:
        sys.stderr.write(
            f"no mined histories in {folder}: python -m octad_train.data.changes.mined_history writes them\n"
        )
        return 2
    truth = np.array([one.label for one in train])
    metadata, history = range(OF_CHANGE), range(OF_CHANGE, len(BEFOREHAND))
    told, written = (
        words([of(one) for one in train], truth, [of(one) for one in test]) for of in (message, diff)
    )
    parts = {
        "metadata": [numbers(side, metadata) for side in (train, test)],
        "message": [said[:, None] for said in told],
        "diff": [
            np.column_stack([churn(side), said]) for side, said in zip((train, test), written, strict=True)
        ],
        "history": [numbers(side, history) for side in (train, test)],
    }
    added = np.array([one.change.measures.la if one.change.measures else 0 for one in test], np.float64)
    rows = [row("lines added", added, test)]
    for names in (("metadata",), ("message",), ("diff",), ("history",), ("metadata", "message"),
                  ("metadata", "diff"), ("metadata", "history"), tuple(parts)):  # fmt: skip
        sides = [np.concatenate([parts[name][side] for name in names], axis=1) for side in (0, 1)]
        rows.append(row(" + ".join(names), fitted(sides[0], truth, sides[1]), test))
    header = ["inputs", "mean auc", *(f"caught at {gate:.0%}" for gate in GATES)]
    projects = len({one.project for one in test})
    sys.stdout.write(table(f"Risk by input, {projects} repositories, {len(test):,} changes", header, rows))
    sys.stdout.write(f"\nSeed 0. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
