"""Heads that answer for every item: targets by name, decoding, figures, losses without the unlabelled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from octad.calibration.fit import _fit
from octad.heads.base import Calibration
from octad.heads.item_binary import ItemBinary
from octad.heads.item_classes import ItemClasses
from octad_train.sources import loss_of


class Unit(SimpleNamespace):
    """Two shared items, three of the input that is asked about, one of another."""

    def __len__(self) -> int:
        return 6


UNIT: Any = Unit(
    parts=(
        SimpleNamespace(name="commits", first=2, items=SimpleNamespace(names=("a", "b", "c"))),
        SimpleNamespace(name="other", first=5, items=SimpleNamespace(names=("a",))),
    )
)
TOLD = ItemBinary("commits")
KIND = ItemClasses(("fix", "feature"), "commits")


def test_items_are_labelled_by_name_in_their_own_input() -> None:
    assert TOLD.target({"a": True, "c": False}, UNIT)["truth"].tolist() == [-1, -1, 1, -1, 0, -1]
    assert KIND.target({"b": "feature"}, UNIT)["truth"].tolist() == [-1, -1, -1, 1, -1, -1]
    assert (TOLD.target(None, UNIT)["truth"] == -1).all()
    table = TOLD.collate([TOLD.target({"a": True}, UNIT)], [UNIT])["truth"]
    assert table.tolist() == [[-1, -1, 1, -1, -1, -1, -1, -1]]


def test_answers_are_by_name_and_calibrated() -> None:
    logits = np.array([9, 9, 2, 0, -2, 9], np.float32)
    answer = TOLD.decode([logits], UNIT, Calibration(2.0))
    assert answer == pytest.approx({"a": 1 / (1 + np.exp(-1.0)), "b": 0.5, "c": 1 / (1 + np.exp(1.0))})
    assert TOLD.probability([logits], UNIT, 3, "") == 0.5
    shares = KIND.decode([np.tile(np.array([[0.0, 4.0]]), (6, 1))], UNIT, Calibration(4.0))
    assert shares["a"]["feature"] == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert KIND.probability([np.zeros((6, 2))], UNIT, 2, "fix") == 0.5


def test_figures_are_means_of_cases_and_of_all_items() -> None:
    answers = [{"a": 0.9, "b": 0.1}, {"a": 0.2, "b": 0.1}]
    labels = [{"a": True, "b": False}, {"a": False, "b": True}]
    found = TOLD.metrics(answers, labels, [UNIT, UNIT])
    assert (found["auc"], found["f1"]) == (0.5, pytest.approx(2 / 3))
    assert found["auc_of_all"] == pytest.approx(0.625)
    said = KIND.metrics([{"a": {"fix": 0.8, "feature": 0.2}}], [{"a": "fix"}], [UNIT])
    assert (said["accuracy"], said["f1"], said["majority"]) == (1.0, 1.0, 1.0)


def test_unlabelled_items_cost_nothing_and_order_within_a_row_does() -> None:
    truth = torch.tensor([[1, 0, -1]])
    right, wrong = torch.tensor([[2.0, -2.0, 50.0]]), torch.tensor([[-2.0, 2.0, 50.0]])
    cost = loss_of(TOLD)
    assert cost([right], {"truth": truth}) < cost([wrong], {"truth": truth})
    assert cost([right], {"truth": torch.full((1, 3), -1)}).item() == 0.0
    classes = loss_of(KIND)([torch.tensor([[[0.0, 5.0], [3.0, 0.0]]])], {"truth": torch.tensor([[1, -1]])})
    assert classes.item() == pytest.approx(np.log1p(np.exp(-5.0)), rel=1e-4)


def test_a_temperature_is_fitted_over_the_items_of_all_cases() -> None:
    pairs = [KIND.calibration_pairs([np.array([[0.0, 0.0]] * 2 + [[9.0, 0.0]] * 4)], label, UNIT)
             for label in ({"a": "fix", "b": "feature"}, {"a": "fix"})]  # fmt: skip
    kept = [pair for pair in pairs if pair is not None]
    assert [len(truth) for _, truth in kept] == [2, 1]
    assert _fit(kept, abstains=False).temperature > 5
    assert KIND.calibration_pairs([np.zeros((6, 2))], {}, UNIT) is None
