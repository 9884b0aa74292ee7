"""Fitted calibration: the optimum is an optimum, and known parameters are found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.calibration.probabilities import HOTTEST, fit_abstention, fit_temperature


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
