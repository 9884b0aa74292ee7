"""Integrated gradients keep their axiom, and are refused where there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from octad import catalog
from octad.agent import Claim
from octad.errors import InputError
from octad.explain.gradients import attributions, explain
from octad.heads.pointer import candidates
from octad.modalities.code import PreparedCode
from octad.records.code import Code
from octad.runtime import Runner
from tests import tiny
from tests.conftest import Stored

NAME = catalog.entries()[0].name
TEXT = "def f(first, second):\n    if first < second:\n        return first\n    return second + first\n"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    return tiny.runner(catalog.load(NAME), tmp_path_factory.mktemp("gradients"))


@pytest.fixture(scope="module")
def unit(runner: Runner[Any, Any]) -> PreparedCode:
    return runner.prepare(runner.agent.case(code=Code(path="a.py", text=TEXT)))


def log_belief(runner: Runner[Any, Any], unit: PreparedCode, claim: Claim, share: float) -> float:
    """The belief when all vectors are a share of what they are."""
    model = runner.engine.model
    hook = model.pieces.register_forward_hook(lambda module, inputs, vectors: vectors * share)
    try:
        outputs = runner.run([unit])[0][claim.head]
    finally:
        hook.remove()
    return float(np.log(runner.agent.heads[claim.head].belief(outputs, unit, claim.item, "")))


def test_attributions_sum_to_the_rise_of_the_belief(runner: Runner[Any, Any], unit: PreparedCode) -> None:
    claim = Claim("bug", int(np.flatnonzero(candidates(unit))[1]))
    found = attributions(runner, unit, claim, 200)
    rise = log_belief(runner, unit, claim, 1.0) - log_belief(runner, unit, claim, 0.0)
    assert found.shape == (unit.cost,)
    assert found.sum() == pytest.approx(rise, abs=0.05 + 0.02 * abs(rise))


def test_the_belief_in_tensors_is_that_in_arrays(runner: Runner[Any, Any], unit: PreparedCode) -> None:
    head, outputs = runner.agent.heads["bug"], runner.run([unit])[0]["bug"]
    item = int(np.flatnonzero(candidates(unit))[2])
    tensors = [torch.from_numpy(array)[None] for array in outputs]
    assert float(head.log_belief(tensors, unit, item).exp()) == pytest.approx(
        head.belief(outputs, unit, item, ""), rel=1e-4
    )


def test_evidence_has_places_weights_and_a_measure(runner: Runner[Any, Any], unit: PreparedCode) -> None:
    claim = Claim("bug", int(np.flatnonzero(candidates(unit))[1]))
    found = explain(runner, unit, "a.py", claim)
    assert found == explain(runner, unit, "a.py", claim)
    assert 0 < len(found.evidence) <= 6
    assert sum(one.weight for one in found.evidence) == pytest.approx(1.0)
    weights = [one.weight for one in found.evidence]
    assert weights == sorted(weights, reverse=True)
    assert all(one.anchor.path == "a.py" for one in found.evidence)


def test_without_gradients_it_is_said(stored: Stored, runner: Runner[Any, Any], unit: PreparedCode) -> None:
    with pytest.raises(InputError, match="no gradients"):
        explain(Runner.load(catalog.load(NAME), Path(stored(NAME))), unit, "a.py", Claim("bug", 1))
    with pytest.raises(InputError, match="no gradients"):
        explain(runner, unit, "a.py", Claim("style", 1, "E711"))
