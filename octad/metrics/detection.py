"""Several labels per line against the truth: what a style or a security head is judged by."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class LabelScores(NamedTuple):
    """F1 over all (line, label) pairs, its parts, and the mean over the labels that occur."""

    precision: float
    recall: float
    f1: float
    macro_f1: float


def line_scores(predicted: ArrayLike, actual: ArrayLike) -> LabelScores:
    """Score boolean matrices `[lines, labels]`: micro averages and macro F1.

    Labels that neither occur nor are predicted do not enter the macro mean; without any the
    figures are 0. Raises ValueError when the shapes differ.
    """
    said, true = np.asarray(predicted, dtype=bool), np.asarray(actual, dtype=bool)
    if said.shape != true.shape or said.ndim != 2:
        raise ValueError(f"predicted has shape {said.shape}, actual {true.shape}")
    return _scores((said & true).sum(axis=0), said.sum(axis=0), true.sum(axis=0))


def finding_scores(
    predicted: Iterable[tuple[Hashable, str]], actual: Iterable[tuple[Hashable, str]]
) -> LabelScores:
    """Score sets of (place, label) pairs the same way, for when most lines have no label at all."""
    said, true = set(predicted), set(actual)
    column = {label: at for at, label in enumerate(sorted({label for _, label in said | true}))}
    counts = np.zeros((3, len(column)), dtype=np.int64)
    for row, pairs in enumerate((said & true, said, true)):
        for _, label in pairs:
            counts[row, column[label]] += 1
    return _scores(counts[0], counts[1], counts[2])


def _scores(hits: NDArray[np.int64], said: NDArray[np.int64], true: NDArray[np.int64]) -> LabelScores:
    occurs = (said + true) > 0
    if not occurs.any():
        return LabelScores(0.0, 0.0, 0.0, 0.0)
    total, alarms, labels = int(hits.sum()), int(said.sum()), int(true.sum())
    return LabelScores(
        precision=total / alarms if alarms else 0.0,
        recall=total / labels if labels else 0.0,
        f1=2 * total / (alarms + labels),
        macro_f1=float(np.mean(2 * hits[occurs] / (said + true)[occurs])),
    )
