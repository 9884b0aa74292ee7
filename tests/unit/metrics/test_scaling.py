"""Fitted calibration: the optimum is an optimum, and known parameters are found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from octad.metrics.calibration import expected_calibration_error
from octad.metrics.scaling import HOTTEST, fit_abstention, fit_isotonic, fit_platt, fit_temperature


def _cross_entropy(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    scaled = logits / temperature
    norm = np.log(np.exp(scaled).sum(axis=1))
    return float(np.mean(norm - scaled[np.arange(len(labels)), labels]))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_no_neighbouring_temperature_is_better(seed: int) -> None:
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(60, 4)) * 3
    labels = np.where(generator.random(60) < 0.6, logits.argmax(axis=1), generator.integers(0, 4, 60))
    best = fit_temperature(logits, labels)
    least = _cross_entropy(logits, labels, best)
    assert all(least <= _cross_entropy(logits, labels, best * step) + 1e-12 for step in (0.97, 1.03))


def test_finds_the_temperature_that_made_the_labels() -> None:
    generator = np.random.default_rng(3)
    logits = generator.normal(size=20_000) * 2
    labels = generator.random(20_000) < 1 / (1 + np.exp(-logits))
    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.06)


def test_forbidden_answers_and_hopeless_scores() -> None:
    logits = np.array([[2.0, 1.0, -np.inf], [0.0, 1.0, 3.0]])
    assert np.isfinite(fit_temperature(logits, [0, 1]))
    with pytest.raises(ValueError, match="not finite"):
        fit_temperature(logits, [2, 1])
    assert fit_temperature(np.array([3.0, -3.0]), [False, True]) == pytest.approx(HOTTEST)
    assert fit_temperature(np.zeros((0, 3)), []) == 1.0


def test_platt_finds_the_curve_that_made_the_labels() -> None:
    generator = np.random.default_rng(4)
    scores = generator.normal(size=20_000) * 5 + 100
    labels = generator.random(20_000) < 1 / (1 + np.exp(-(0.5 * scores - 51)))
    curve = fit_platt(scores, labels)
    assert curve.slope == pytest.approx(0.5, rel=0.05)
    assert curve.offset == pytest.approx(-51, rel=0.05)
    assert expected_calibration_error(curve(scores), labels) < 0.02


def test_platt_stays_finite_on_separable_and_on_constant_scores() -> None:
    # Softened targets of one right case in four: (2/3 + 3 / 5) / 4 = 19/60.
    separable = fit_platt([0.0, 1.0, 2.0, 3.0], [False, False, True, True])
    assert 0 < separable([0.0])[0] < 0.5 < separable([3.0])[0] < 1
    assert fit_platt([7.0, 7.0, 7.0, 7.0], [True, False, False, False])([7.0])[0] == pytest.approx(19 / 60)
    with pytest.raises(ValueError, match="no scores"):
        fit_platt([], [])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=30))
def test_isotonic_agrees_with_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    scores, true = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    wanted = IsotonicRegression(out_of_bounds="clip").fit(scores, true)
    asked = np.linspace(-1, 9, 41)
    assert fit_isotonic(scores, true)(asked) == pytest.approx(wanted.predict(asked))


@pytest.mark.parametrize(("temperature", "offset"), [(1.0, 0.0), (2.5, 1.2), (0.6, -2.0)])
def test_temperature_and_offset_of_none_are_found(temperature: float, offset: float) -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(0, 2, (6_000, 5))
    true[::7, 3:] = -np.inf
    chances = np.exp(true - true.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(5, p=row) for row in chances])
    said = true.copy()
    said[:, 0] -= offset
    found = fit_abstention(said * temperature, labels)
    assert found == pytest.approx((temperature, offset), rel=0.1, abs=0.1)


def test_without_cases_nothing_is_changed() -> None:
    assert fit_abstention(np.zeros((0, 3)), []) == (1.0, 0.0)
