from __future__ import annotations

import math

import pytest
import torch

from octad_train.losses.line_labels import line_loss


def line_targets() -> dict[str, torch.Tensor]:
    return {
        "known": torch.tensor([True, False, True]),
        "positive": torch.tensor([[0, 0, 1], [0, 2, 1], [2, 3, 0]], dtype=torch.int32),
        "reads": torch.tensor([[1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]], dtype=torch.bool),
    }


def test_line_loss_equals_the_plain_one() -> None:
    torch.manual_seed(0)
    logits, truth = torch.randn(3, 4, 2), line_targets()
    positive = {tuple(place) for place in truth["positive"].tolist()}
    total, count = 0.0, 0
    for row in (0, 2):
        for item in truth["reads"][row].nonzero().flatten().tolist():
            count += 1
            for rule in range(2):
                chance = 1 / (1 + math.exp(-logits[row, item, rule]))
                total -= math.log(chance if (row, item, rule) in positive else 1 - chance)
    assert line_loss(logits, truth).item() == pytest.approx(total / count, 1e-5)


def test_unknown_rows_and_silent_items_do_not_count() -> None:
    torch.manual_seed(0)
    logits, truth = torch.randn(3, 4, 2), line_targets()
    before = line_loss(logits, truth)
    logits[1] += 3.0
    logits[0, 1] -= 2.0
    assert line_loss(logits, truth).item() == before.item()
    assert line_loss(logits, truth | {"known": torch.zeros(3, dtype=torch.bool)}).item() == 0.0
