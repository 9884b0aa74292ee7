from __future__ import annotations

import math

import pytest

from octad.advice import taken_back as module
from octad.advice.taken_back import Weights, contributions, shipped, taken_back
from octad.records.change import Change
from octad.signals.change_cues import change_cues
from tests.unit.signals.test_change_cues import KNOWN

OWN = "repairs of these files in 90 days"


def test_what_is_shipped_fits_the_cues() -> None:
    cues = change_cues(Change(files=(), familiarity=KNOWN), [])
    assert shipped().weights.keys() == shipped().means.keys() == shipped().highest.keys() == cues.keys()
    assert set(shipped().named) <= cues.keys()
    assert shipped().figures["auc"] > 0.55 and shipped().data


def test_odds_are_the_product_of_the_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = Weights(
        constant=0.1,
        means={OWN: 1.0, "files": 0.0},
        weights={OWN: 0.5, "files": 2.0},
        highest={OWN: 9.0, "files": 9.0},
        named=(OWN,),
    )
    monkeypatch.setattr(module, "shipped", lambda: fitted)
    known = KNOWN.model_copy(update={"reverts": 4, "commits": 900})
    said = taken_back(Change(files=(), familiarity=known))
    assert said is not None
    factor = math.exp(0.5 * (math.log1p(12) - 1))
    assert said.odds == pytest.approx(math.exp(0.1) * factor, abs=0.01)
    assert [(one.name, one.factor) for one in said.reasons] == [(OWN, round(factor, 2))]
    assert (said.reverts, said.commits) == (4, 900)


def test_a_change_whose_past_is_unknown_has_no_odds() -> None:
    assert taken_back(Change(files=(), message="Fix it")) is None


def test_cues_that_lower_the_odds_or_are_unknown_are_no_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = Weights(
        constant=0, means={OWN: 9.0, "x": 0}, weights={OWN: 0.5, "x": 1}, highest={OWN: 9.0, "x": 3.0},
        named=(OWN, "x"),
    )  # fmt: skip
    monkeypatch.setattr(module, "shipped", lambda: fitted)
    said = taken_back(Change(files=(), familiarity=KNOWN))
    assert said is not None and said.odds < 1 and said.reasons == ()
    assert contributions({"x": 2.0}, fitted) == {"x": 2.0}
    assert contributions({"x": 50.0}, fitted) == {"x": 3.0}
