import numpy as np
import pytest

from octad_train.evaluate.anomaly_floors import FLOORS, rested

VALUES = np.random.default_rng(0).normal(10, 1, 1000)


@pytest.mark.parametrize("name", FLOORS)
def test_each_floor_sees_a_gross_change(name: str) -> None:
    values = VALUES.copy()
    values[600:660] += 25
    scores = FLOORS[name](values, 150)
    assert scores.shape == values.shape and np.isfinite(scores).all()
    assert 600 <= int(np.argmax(scores[200:])) + 200 < 700


@pytest.mark.parametrize("name", [one for one in FLOORS if one != "PCA over windows"])
def test_a_floor_knows_nothing_of_what_comes_later(name: str) -> None:
    np.testing.assert_allclose(FLOORS[name](VALUES, 150)[:700], FLOORS[name](VALUES[:700], 150), atol=1e-9)


def test_at_rest_only_higher_scores_count() -> None:
    assert rested(np.array([1.0, 3.0, 2.0, 3.0, 4.0, 1.0, 0.5, 2.0]), 2).tolist() == [1, 3, 0, 0, 4, 0, 0, 2]
