"""Floors of the security head: words and characters alone, and bandit alone, on SVEN.

Run: OCTAD_DATA=<folder of the labelled sets> python benchmarks/floors_security.py   (2 minutes)
"""

from __future__ import annotations

import sys

import numpy as np

from octad.errors import InputError
from octad.metrics.ranking import auc, pairwise_accuracy
from octad_train.data.code.sven import SecurityPair, security_pairs
from octad_train.evaluate.floors import grouped_predictions
from octad_train.evaluate.references import SECURITY, references
from octad_train.evaluate.tables import machine, table
from octad_train.metrics.bootstrap import bootstrap
from octad_train.metrics.classification import confusion


def words(pairs: list[SecurityPair]) -> np.ndarray:
    """Scores `[P, 2]` of both halves by TF-IDF and logistic regression, folds of whole commits."""
    texts = [half.text for pair in pairs for half in (pair.before, pair.after)]
    labels = ["vulnerable", "fixed"] * len(pairs)
    classes, stated = grouped_predictions(texts, labels, [pair.fold for pair in pairs for _ in range(2)])
    return stated[:, classes.index("vulnerable")].reshape(-1, 2)


def findings(pairs: list[SecurityPair]) -> np.ndarray:
    """Scores `[P, 2]`: how many findings the analysers have in each half, so that one is above 0.5."""
    halves = [half for pair in pairs for half in (pair.before, pair.after)]
    return np.array([float(len(found)) for found in references(halves, SECURITY)]).reshape(-1, 2)


def row(name: str, pairs: list[SecurityPair], scores: np.ndarray) -> list[object]:
    """One line of the table: figures of the scores `[P, 2]`, an interval over whole commits."""
    truth = np.tile([True, False], len(pairs))
    counts = confusion(scores.ravel() > 0.5, truth)
    groups = [pair.group for pair in pairs]
    interval = bootstrap(lambda rows: pairwise_accuracy(scores[rows, 0], scores[rows, 1]), groups)
    spread = f"{interval.low:.3f} to {interval.high:.3f}"
    pairwise = pairwise_accuracy(scores[:, 0], scores[:, 1])
    area = auc(scores.ravel(), truth)
    return [name, len(pairs), counts.accuracy, pairwise, spread, area, counts.recall, counts.youden]


def main() -> int:
    """Print the table."""
    try:
        pairs = security_pairs()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    rows = []
    scores = {}
    for language in ("python", "c", "cpp"):
        chosen = [pair for pair in pairs if pair.language == language]
        scores[language] = words(chosen)
        rows.append(row(f"TF-IDF + LR, {language}", chosen, scores[language]))
    python = [pair for pair in pairs if pair.language == "python"]
    found = findings(python)
    rows.append(row("ruff + bandit, python", python, found))
    rows.append(row("both, averaged, python", python, (np.minimum(found, 1) + scores["python"]) / 2))
    rows.append(row("one answer for all", pairs, np.ones((len(pairs), 2))))
    header = ["model", "pairs", "accuracy", "pairwise", "95 %", "AUC", "recall", "Youden"]
    sys.stdout.write(table("Security on SVEN, five folds of whole commits", header, rows))
    sys.stdout.write(f"\nSeed 0. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
