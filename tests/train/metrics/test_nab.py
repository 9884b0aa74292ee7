import numpy as np
import pytest

from octad_train.metrics.nab import Scored, best_threshold, nab_score, probation, sweep, weights

WINDOW = (600, 699)


def scored(*rows: int) -> Scored:
    scores = np.zeros(1000)
    scores[list(rows)] = 1
    return Scored(scores, [WINDOW])


@pytest.mark.parametrize(
    ("rows", "score"),
    [
        ((600,), 100.0),
        ((), 0.0),
        ((20,), 0.0),  # in probation
        ((300,), -5.5),
        ((600, 300), 94.5),
        ((699, 600), 100.0),
        ((650,), 50 * (1 + 0.848283640 / 0.986614298)),
    ],
)
def test_detections_earn_what_the_benchmark_gives(rows: tuple[int, ...], score: float) -> None:
    assert nab_score([scored(*rows)], 0.5).score == pytest.approx(score, abs=1e-4)


def test_false_alarms_close_behind_a_window_cost_less() -> None:
    worth, inside = weights(1000, [WINDOW])
    assert (inside >= 0).sum() == 100
    assert worth[599] == -0.11
    assert -0.11 < worth[705] < 0
    assert worth[999] == pytest.approx(-0.11, abs=1e-5)
    assert probation(1000) == 150
    assert probation(20000) == 750


def test_the_sweep_agrees_with_each_threshold() -> None:
    random = np.random.default_rng(0)
    cases = [Scored(random.random(1000).round(2), [WINDOW]), Scored(random.random(500), [])]
    for point in sweep(cases)[::97]:
        assert nab_score(cases, point.threshold).score == pytest.approx(point.score)
    assert best_threshold(cases).score >= 0
