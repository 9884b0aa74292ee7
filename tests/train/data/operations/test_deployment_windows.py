"""Windows around a moment that stands for a deployment."""

from __future__ import annotations

import numpy as np
import pytest

from octad_train.data.operations.deployment_windows import BEFORE, Deployment, callers, draw
from octad_train.data.operations.normal_windows import NormalWindow
from tests.train.data.windows import GRAPH, stretch


def single(name: str, length: int = 120) -> NormalWindow:
    values = np.random.default_rng(1).normal(50, 2, (length, 1))
    return NormalWindow("lone", "system", ((name, "latency"),), 60.0 * np.arange(length), values)


def test_windows_are_drawn_whole() -> None:
    for seed in range(20):
        one = draw([stretch(), stretch(20)], np.random.default_rng(seed))
        assert one.at >= BEFORE[0] and len(one.window) - one.at >= 15
        assert 1 <= len(one.window.services) <= 4
    with pytest.raises(ValueError, match="no stretch"):
        draw([stretch(20)], np.random.default_rng(0))
    with pytest.raises(ValueError, match="deployment at 70"):
        Deployment(stretch().cut(0, 70), 70, 0)


def test_single_series_stand_beside_each_other() -> None:
    drawn = [draw([single("a"), single("b"), single("a")], np.random.default_rng(seed)) for seed in range(10)]
    assert {tuple(one.window.services) for one in drawn} == {("a",), ("b",), ("a", "b")}


def test_callers_are_found_through_cycles() -> None:
    assert callers(GRAPH, "store") == {"cart": 1, "front": 2}
    assert callers(None, "store") == {}
