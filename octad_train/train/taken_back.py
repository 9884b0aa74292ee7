"""Fit the weights of the cues that a change is taken back, and measure them on projects left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.advice.taken_back import Weights
from octad.metrics.ranking import auc
from octad_train.data.changes.reverts import Outcome

Floats = NDArray[np.float64]
FOLDS, STRENGTH = 10, 0.01
COUNTED = 0.995
"""The share of the changes whose value of a cue counts as it is; beyond, that of the last of these."""
FEWEST = 5
"""Changes of either kind without which a project says nothing of the order of its own."""


class Table(NamedTuple):
    """Cues `[R, K]`, their names, the truth `[R]` and the project of each row `[R]`."""

    cues: Floats
    names: tuple[str, ...]
    truth: NDArray[np.bool_]
    projects: NDArray[np.str_]


def table(outcomes: Sequence[Outcome]) -> Table:
    """Outcomes as arrays."""
    names = tuple(outcomes[0].cues)
    return Table(
        np.array([[one.cues[name] for name in names] for one in outcomes]),
        names,
        np.array([one.reverted for one in outcomes], np.bool_),
        np.array([one.project for one in outcomes]),
    )


def fit(rows: Table) -> tuple[Weights, Floats]:
    """The weights, scaled by what they say of projects left out; and what they said of these `[R]`."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    highest = np.quantile(rows.cues, COUNTED, axis=0)
    rows = rows._replace(cues=np.minimum(rows.cues, highest))
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0).split(rows.cues, groups=rows.projects)
    said = np.zeros(len(rows.truth))
    signs = []
    for own, other in folds:
        mean, weight, constant = _fitted(rows.cues[own], rows.truth[own])
        said[other] = (rows.cues[other] - mean) @ weight + constant
        signs.append(np.sign(weight))
    scale = LogisticRegression(C=1e6).fit(said[:, None], rows.truth)
    slope, shift = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    mean, weight, constant = _fitted(rows.cues, rows.truth)
    usual = float(np.log(rows.truth.mean() / (1 - rows.truth.mean())))
    raising = np.min(signs, axis=0) > 0
    weights = Weights(
        constant=slope * constant + shift - usual,
        means=dict(zip(rows.names, mean.round(5).tolist(), strict=True)),
        weights=dict(zip(rows.names, (slope * weight).round(5).tolist(), strict=True)),
        highest=dict(zip(rows.names, highest.round(5).tolist(), strict=True)),
        named=tuple(name for name, raises in zip(rows.names, raising, strict=True) if raises),
    )
    return weights, slope * said + shift - usual


def _fitted(cues: Floats, truth: NDArray[np.bool_]) -> tuple[Floats, Floats, float]:
    """Means, weights of the centred cues and the constant of a logistic regression of standardised ones."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = cues.mean(0), np.maximum(cues.std(0), 0.05)
    model: Any = LogisticRegression(C=STRENGTH, max_iter=500).fit((cues - mean) / spread, truth)
    return mean, model.coef_[0] / spread, float(model.intercept_[0])


def figures(said: Floats, rows: Table) -> dict[str, float]:
    """Area under the curve over all rows and as the mean of projects; odds said and found, by fifths."""
    own = [np.flatnonzero(rows.projects == name) for name in np.unique(rows.projects)]
    enough = [at for at in own if FEWEST <= rows.truth[at].sum() <= len(at) - FEWEST]
    usual = rows.truth.mean() / (1 - rows.truth.mean())
    found = {
        "rows": float(len(said)),
        "projects": float(len(own)),
        "auc": auc(said, rows.truth),
        "auc_of_projects": float(np.mean([auc(said[at], rows.truth[at]) for at in enough]))
        if enough
        else 0.0,
    }
    for number, at in enumerate(np.array_split(np.argsort(said), 5), 1):
        share = rows.truth[at].mean()
        found[f"odds_said_{number}"] = float(np.exp(np.mean(said[at])))
        found[f"odds_found_{number}"] = float(share / (1 - share) / usual)
    return {name: round(value, 3) for name, value in found.items()}
