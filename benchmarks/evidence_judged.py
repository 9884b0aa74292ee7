"""Whether what the others in a repository do tells where a repair goes, beyond what the agent says already.

    python benchmarks/evidence_judged.py runs/evidence.jsonl

Reads what `benchmarks/evidence.py` collected. A conditional logistic regression over the lines of a function
(for place) and a logistic regression over functions (for presence) learn from all projects but one what the
repository adds to the agent, and are judged on it. Intervals (90 %) are of a bootstrap over projects.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from evidence import KINDS

from octad.metrics.ranking import auc
from octad_train.evaluate.tables import table
from octad_train.metrics.bootstrap import bootstrap

TOPS = (1, 3, 5)
DRAWS = 2_000
ON_LINES = KINDS[:-1]


def of_lines(row: Mapping[str, Any], names: Sequence[str]) -> tuple[list[int], np.ndarray]:
    """The lines that `place` ranks, and their features."""
    lines = sorted(map(int, row["place"]))
    middle = np.median([math.log1p(row["age"].get(str(n), (0, 0))[0]) for n in lines]) if lines else 0.0
    found = []
    for n in lines:
        odd = set(row["odd"].get(str(n), ()))
        age, fix = row["age"].get(str(n), (math.expm1(middle), False))
        values = {
            "model": math.log(max(row["place"][str(n)], 1e-9)),
            "calls": math.log1p(row["calls"].get(str(n), 0)),
            "age": math.log1p(age) - middle, "mended": float(fix), "any": float(bool(odd)),
            **{kind: float(kind in odd) for kind in KINDS},
        }  # fmt: skip
        found.append([values[name] for name in names])
    return lines, np.array(found)


def fitted(groups: Sequence[tuple[np.ndarray, np.ndarray]], penalty: float = 1.0) -> np.ndarray:
    """Weights of a conditional logistic regression: one right line or several in each group."""
    from scipy.optimize import minimize

    width = groups[0][0].shape[1]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = penalty * float(weights[1:] @ weights[1:]) / 2, np.r_[0.0, penalty * weights[1:]]
        for features, right in groups:
            scores = features @ weights
            shares = np.exp(scores - scores.max())
            every, own = shares / shares.sum(), shares * right / (shares @ right)
            total -= math.log(max(float(every @ right), 1e-12))
            slope = slope + features.T @ (every - own)
        return total, slope

    start = np.zeros(width)
    start[0] = 1.0
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def placed(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Hits in 1, 3 and 5 `[R, 3]`, each project by weights of the others, and the mean weights."""
    made = []
    for row in rows:
        lines, features = of_lines(row, names)
        made.append((lines, features, np.array([n in set(row["right"]) for n in lines], float)))
    hits, weights = np.zeros((len(rows), len(TOPS))), []
    for repo in dict.fromkeys(row["repo"] for row in rows):
        inside = [i for i, row in enumerate(rows) if row["repo"] == repo]
        others = [
            (f, r) for (_, f, r), row in zip(made, rows, strict=True) if row["repo"] != repo and r.any()
        ]
        found = fitted(others)
        weights.append(found)
        for i in inside:
            _, features, right = made[i]
            order = np.argsort(-(features @ found), kind="stable")
            hits[i] = [right[order[:k]].any() for k in TOPS]
    return hits, np.mean(weights, 0)


def of_function(row: Mapping[str, Any], names: Sequence[str]) -> list[float]:
    """Features of a whole function."""
    age = [math.log1p(days) for days, _ in row["age"].values()] or [0.0]
    values = {
        "length": math.log(row["length"]), "later_fix": logit(row["later_fix"]), "bug": logit(row["bug"]),
        "calls": math.log1p(sum(bool(n) for n in row["calls"].values())),
        "odd": math.log1p(len(row["odd"])), "siblings": math.log1p(row["siblings"]),
        "commits": math.log1p(row["commits"]), "repairs": math.log1p(row["repairs"]),
        "youngest": min(age), "mended": float(any(fix for _, fix in row["age"].values())),
        **{kind: float(any(kind in kinds for kinds in row["odd"].values())) for kind in KINDS},
    }  # fmt: skip
    return [values[name] for name in names]


def logit(chance: float) -> float:
    """Log odds, bounded."""
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(chance / (1 - chance))


def present(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> np.ndarray:
    """A score of every function by weights of the other projects."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = np.array([of_function(row, names) for row in rows])
    fixed, repos = np.array([row["fixed"] for row in rows]), np.array([row["repo"] for row in rows])
    scores = np.zeros(len(rows))
    for repo in dict.fromkeys(repos):
        own = repos == repo
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3)).fit(features[~own], fixed[~own])
        scores[own] = model.decision_function(features[own])
    return scores


def interval(make: Callable[[np.ndarray], float], repos: Sequence[str]) -> str:
    """The middle 90 % of a figure over projects drawn anew."""
    held = bootstrap(make, list(repos), samples=DRAWS, level=0.9)
    return f"[{held.low:+.3f}, {held.high:+.3f}]"


def mean_of(values: np.ndarray, at: np.ndarray) -> float:
    """The mean of some values."""
    return float(values[at].mean())


def judge(rows: Sequence[Mapping[str, Any]]) -> str:
    """Both tables."""
    fixed = [row for row in rows if row["fixed"] and row["place"]]
    repos = [row["repo"] for row in fixed]
    ways = {
        "agent alone": ("model",),
        "… and calls that others make too": ("model", "calls"),
        "… and whether they deviate": ("model", "calls", "any"),
        "… and in what": ("model", "calls", *ON_LINES),
        "agent, age of the line, brought by a repair": ("model", "age", "mended"),
        "all": ("model", "calls", *ON_LINES, "age", "mended"),
    }
    alone, lines = placed(fixed, ways["agent alone"])[0], []
    for name, features in ways.items():
        hits, weights = placed(fixed, features)
        gain = hits - alone
        gains = [interval(partial(mean_of, gain[:, k]), repos) for k in range(len(TOPS))]
        said = ", ".join(f"{a} {b:+.2f}" for a, b in zip(features, weights, strict=True))
        lines.append((name, " / ".join(f"{x:.3f}" for x in hits.mean(0)), " ".join(gains), said))
    head = ("place of the repair", "in 1 / 3 / 5", "gain over the agent alone, 90 %", "weights")
    first = table(f"{len(fixed)} repairs, {len(set(repos))} projects, each left out in turn", head, lines)
    return f"{first}\n{presence(rows)}\n{frequency(fixed)}"


def presence(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whether a function is one that was repaired."""
    repos, truth = [row["repo"] for row in rows], np.array([row["fixed"] for row in rows])
    own = ("length", "later_fix", "bug")
    ways = {
        "length": ("length",),
        "agent and length": own,
        "… and calls that others make too": (*own, "calls"),
        "… and deviations": (*own, "calls", "odd", "siblings", *ON_LINES),
        "agent, length, commits and repairs of the path": (*own, "commits", "repairs"),
        "agent, length, age of the lines": (*own, "youngest", "mended"),
    }
    base, lines = present(rows, own), []
    for name, features in ways.items():
        scores = present(rows, features)
        gain = interval(lambda at, s=scores: auc(s[at], truth[at]) - auc(base[at], truth[at]), repos)
        lines.append((name, f"{auc(scores, truth):.3f}", gain))
    head = ("repaired or not", "AUC", "gain over agent and length, 90 %")
    return table(f"{int(truth.sum())} repaired functions, {int((~truth).sum())} others", head, lines)


def frequency(rows: Sequence[Mapping[str, Any]]) -> str:
    """How often a deviation of each kind lies on a repaired line, beside other calls of these functions."""
    lines = []
    for kind in ON_LINES:
        odd = [
            n in set(row["right"])
            for row in rows
            for n in map(int, row["calls"])
            if kind in row["odd"].get(str(n), ())
        ]
        plain = [
            n in set(row["right"])
            for row in rows
            for n in map(int, row["calls"])
            if kind not in row["odd"].get(str(n), ())
        ]
        lines.append((kind, len(odd), np.mean(odd) if odd else np.nan, np.mean(plain)))
    return table(
        "Lines with calls that others make too", ("kind", "deviate", "repaired", "of the others"), lines
    )


def main() -> None:
    """Read, judge, print."""
    rows = [json.loads(line) for name in sys.argv[1:] for line in Path(name).read_text("utf-8").splitlines()]
    sys.stdout.write(judge(rows) if rows else f"{__doc__}\n")


if __name__ == "__main__":
    main()
