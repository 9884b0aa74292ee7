from __future__ import annotations

import numpy as np

from octad_train.data.changes.reverts import Outcome
from octad_train.train.taken_back import Table, figures, fit, table


def planted(weight: float) -> Table:
    """A thousand changes of twenty projects, a quarter of which taken back, by one of two cues."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(1000):
        cues = {"tells": float(rng.normal()), "says nothing": float(rng.normal())}
        odds = np.exp(weight * cues["tells"]) / 3
        rows.append(Outcome(cues, bool(rng.random() < odds / (1 + odds)), f"p{number % 20}", "train"))
    return table(rows)


def test_a_cue_that_tells_is_found_and_its_odds_hold() -> None:
    rows = planted(1.0)
    weights, said = fit(rows)
    assert "tells" in weights.named
    assert weights.weights["tells"] > 5 * abs(weights.weights["says nothing"])
    found = figures(said, rows)
    assert found["auc"] > 0.65 and found["projects"] == 20
    assert abs(np.log(found["odds_said_5"] / found["odds_found_5"])) < 0.3


def test_nothing_to_tell_by_is_said_as_the_usual_odds() -> None:
    _, said = fit(planted(0.0))
    assert np.abs(said).max() < 0.6
