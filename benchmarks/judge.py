"""Whether the judge tells findings that people act on from others, beside what the rule alone tells.

    OCTAD_DATA=<labelled sets> python benchmarks/judge.py --fates fates.jsonl

On projects never seen: five folds of the `train` part by project, then `valid`. Fates are made by
`recipes/judge.py`. Weighted figures count a finding as often as the set says there are such in its project;
`lost` is the share of what was acted on among the half of the findings that is least likely to be.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.metrics.ranking import auc
from octad.review.judge import load_judge
from octad_train.evaluate.tables import machine, table
from octad_train.train.judge import Known, fit, left_out, logits

HEADER = ("part", "by", "AUC", "mean of projects", "AUC weighted", "lost", "lost weighted")
BINS = 5


def recipe() -> Any:
    """The recipe beside, which reads the data."""
    path = Path(__file__).resolve().parent.parent / "recipes" / "judge.py"
    spec = importlib.util.spec_from_file_location("judge_recipe", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(scores: NDArray[np.float64], known: Known) -> list[float]:
    """A row of the table."""
    truth, projects = known.acted_on, np.array(known.projects)
    own = [projects == name for name in sorted(set(projects))]
    return [
        auc(scores, truth),
        float(np.nanmean([auc(scores[p], truth[p]) for p in own if truth[p].sum() >= 3])),
        weighted_auc(scores, truth, known.weights),
        lost(scores, truth, np.ones(len(truth))),
        lost(scores, truth, known.weights),
    ]


def weighted_auc(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """The chance that a finding acted on outranks another, both drawn by weight; ties count half."""
    _, group = np.unique(scores, return_inverse=True)
    good, bad = (np.bincount(group, weights * is_so, group.max() + 1) for is_so in (truth, ~truth))
    return float((good * (np.cumsum(bad) - bad / 2)).sum() / good.sum() / bad.sum())


def lost(scores: NDArray[np.float64], truth: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """The share of what was acted on that is hidden with the half of all that is least likely to be."""
    order = np.argsort(scores, kind="stable")
    hidden = np.cumsum(weights[order]) <= weights.sum() / 2
    acted_on = (weights * truth)[order]
    return float(acted_on[hidden].sum() / acted_on.sum())


def reliability(scores: NDArray[np.float64], known: Known) -> list[list[object]]:
    """Stated chance and share acted on, by weight, in bins of equal weight."""
    chances = 1 / (1 + np.exp(-scores))
    order = np.argsort(chances, kind="stable")
    bins = np.minimum((BINS * np.cumsum(known.weights[order]) / known.weights.sum()).astype(int), BINS - 1)
    found: list[list[object]] = []
    for number in range(BINS):
        rows = order[bins == number]
        weights = known.weights[rows]
        stated, true = (np.average(v[rows], weights=weights) for v in (chances, known.acted_on))
        found.append([number + 1, len(rows), float(stated), float(true)])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fates", type=Path, required=True)
    fates = parser.parse_args().fates
    read = recipe().known_findings
    train, valid = read(fates, "train"), read(fates, "valid")
    judge = load_judge()
    held = logits(judge, valid.places)
    rows = [
        ["folds", "rule alone", *figures(left_out(train, False), train)],
        ["folds", "judge", *figures(left_out(train), train)],
        ["valid", "rule alone", *figures(logits(fit(train, False), valid.places), valid)],
        ["valid", "judge", *figures(held, valid)],
    ]
    sys.stdout.write(table(f"Acted on within two years; {machine()}", HEADER, rows) + "\n")
    header = ("fifth", "findings", "stated", "acted on")
    sys.stdout.write(table("Reliability on valid, by weight", header, reliability(held, valid)) + "\n")


if __name__ == "__main__":
    main()
