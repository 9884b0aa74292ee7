"""Targets, decoding and figures of a yes or no."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from octad.heads.base import Calibration
from octad.heads.binary import Binary
from octad_train.sources import loss_of

HEAD = Binary()
UNIT: Any = SimpleNamespace()


def outputs(logit: float) -> list[np.ndarray]:
    return [np.array([logit], np.float32)]


def test_targets_are_collated_and_unlabelled_rows_cost_nothing() -> None:
    held = [HEAD.target(label, UNIT) for label in (True, False, None)]
    table = HEAD.collate(held, [UNIT] * 3)["truth"]
    assert table.tolist() == [1, 0, -1]
    logits = torch.tensor([[2.0], [2.0], [50.0]])
    loss = loss_of(HEAD)([logits], {"truth": torch.from_numpy(table)})
    assert loss.item() == pytest.approx((np.log1p(np.exp(-2)) + np.log1p(np.exp(2))) / 2, rel=1e-5)


def test_the_network_gives_one_logit_a_row() -> None:
    (logits,) = HEAD.network(8)(torch.randn(3, 5, 8))
    assert logits.shape == (3, 1)


def test_decoding_is_calibrated_and_the_probability_of_a_candidate_is_not() -> None:
    assert HEAD.decode(outputs(3.0), UNIT, Calibration(2.0)) == pytest.approx(1 / (1 + np.exp(-1.5)))
    assert HEAD.probability(outputs(3.0), UNIT, 0, "") == pytest.approx(1 / (1 + np.exp(-3.0)))
    for logit in (-1e9, 1e9):
        assert 0.0 <= HEAD.decode(outputs(logit), UNIT, Calibration()) <= 1.0


@pytest.mark.parametrize(("placebo", "logit"), [(-1.0, 3.0), (0.0, 3.0), (2.0, 1.0), (9.0, -6.0)])
def test_what_placebos_raise_is_taken_off(placebo: float, logit: float) -> None:
    found = HEAD.decode(outputs(3.0), UNIT, Calibration(placebo=placebo))
    assert found == pytest.approx(1 / (1 + np.exp(-logit)))


def test_figures_stand_beside_their_floor() -> None:
    found = HEAD.metrics([0.9, 0.2, 0.6, 0.1], [True, False, False, False], [UNIT] * 4)
    assert (found["auc"], found["accuracy"], found["majority"]) == (1.0, 0.75, 0.75)
    reverse = HEAD.metrics([0.1, 0.9], [True, False], [UNIT] * 2)
    assert (reverse["auc"], reverse["accuracy"]) == (0.0, 0.0)
    assert reverse["calibration_error"] == pytest.approx(0.9)


def test_pairs_for_calibration() -> None:
    logits, truth = HEAD.calibration_pairs(outputs(0.5), True, UNIT) or (None, None)
    assert logits is not None and truth is not None
    assert (logits.tolist(), truth.tolist()) == ([0.5], [True])
