"""Integrated gradients keep their axiom, and are refused where there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from octad import catalog
from octad.agents.agent import EvidenceTarget
from octad.encoders.prepared import Prepared
from octad.engines import TorchEngine
from octad.errors import InputError
from octad.heads.pointer import Pointer, candidates
from octad.records.code import Code
from octad.runtime import Runner
from octad_train.evaluate.gradients import attributions, explain
from tests import tiny
from tests.conftest import Stored

NAME = catalog.entries()[0].name
TEXT = "def f(first, second):\n    if first < second:\n        return first\n    return second + first\n"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    return tiny.runner(catalog.load(NAME), tmp_path_factory.mktemp("gradients"))


@pytest.fixture(scope="module")
def unit(runner: Runner[Any, Any]) -> Prepared:
    return runner.prepare(runner.agent.case(code=Code(path="a.py", text=TEXT)))


def target(unit: Prepared, number: int) -> EvidenceTarget:
    """Of a bug at one of the items that can be wrong."""
    return EvidenceTarget("bug", int(np.flatnonzero(candidates(unit))[number]))


def log_probability(runner: Runner[Any, Any], unit: Prepared, at: EvidenceTarget, share: float) -> float:
    """The logarithm of the probability when all vectors of tokens are a share of what they are."""
    assert isinstance(runner.engine, TorchEngine)
    pieces = runner.engine.model.pieces
    hook = pieces.register_forward_hook(lambda module, inputs, vectors: vectors * share)
    try:
        outputs = runner.run([unit])[0][at.head]
    finally:
        hook.remove()
    return float(np.log(runner.agent.heads[at.head].probability(outputs, unit, at.item, "")))


def test_attributions_sum_to_the_rise_of_the_probability(runner: Runner[Any, Any], unit: Prepared) -> None:
    at = target(unit, 1)
    found = attributions(runner, unit, at, 200)
    rise = log_probability(runner, unit, at, 1.0) - log_probability(runner, unit, at, 0.0)
    assert found.shape == (len(unit),)
    assert found.sum() == pytest.approx(rise, abs=0.05 + 0.02 * abs(rise))


def test_the_probability_in_tensors_is_that_in_arrays(runner: Runner[Any, Any], unit: Prepared) -> None:
    head, outputs = runner.agent.heads["bug"], runner.run([unit])[0]["bug"]
    assert isinstance(head, Pointer)
    item = target(unit, 2).item
    tensors = [torch.from_numpy(array)[None] for array in outputs]
    assert float(head.log_probability(tensors, unit, item).exp()) == pytest.approx(
        head.probability(outputs, unit, item, ""), rel=1e-4
    )


def test_evidence_has_places_weights_and_a_measure(runner: Runner[Any, Any], unit: Prepared) -> None:
    at = target(unit, 1)
    found = explain(runner, unit, "a.py", at)
    assert found == explain(runner, unit, "a.py", at)
    assert 0 < len(found.evidence) <= 6
    assert sum(one.weight for one in found.evidence) == pytest.approx(1.0)
    weights = [one.weight for one in found.evidence]
    assert weights == sorted(weights, reverse=True)
    assert all(one.anchor.path == "a.py" for one in found.evidence)
    assert all(np.isfinite(value) for value in found.faithfulness.model_dump().values())


def test_without_gradients_it_is_said(stored: Stored, runner: Runner[Any, Any], unit: Prepared) -> None:
    with pytest.raises(InputError, match="no gradients"):
        explain(Runner.load(catalog.load(NAME), Path(stored(NAME))), unit, "a.py", EvidenceTarget("bug", 1))
    with pytest.raises(InputError, match="no gradients"):
        explain(runner, unit, "a.py", EvidenceTarget("style", 1, "E711"))
