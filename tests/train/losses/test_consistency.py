"""Whether uses fit: against the sum that one would do by hand, in float64."""

from __future__ import annotations

import math

import pytest
import torch

from octad_train.losses.consistency import consistency_loss

KNOWN = torch.tensor([[0, 1, 0], [0, 3, 1], [2, 2, 1]], dtype=torch.int32)


def test_equals_the_plain_loss() -> None:
    torch.manual_seed(0)
    logits = 3 * torch.randn(3, 4, 1)
    each = [
        math.log1p(math.exp(-logits[row, item, 0] if wrong else logits[row, item, 0]))
        for row, item, wrong in KNOWN.tolist()
    ]
    assert consistency_loss(logits, KNOWN).item() == pytest.approx(sum(each) / 3, rel=1e-5)


def test_items_that_use_nothing_get_no_gradient() -> None:
    logits = torch.zeros(3, 4, 1, requires_grad=True)
    consistency_loss(logits, KNOWN).backward()
    assert logits.grad is not None
    assert logits.grad.nonzero()[:, :2].tolist() == KNOWN[:, :2].tolist()
    assert (logits.grad[0, 1, 0] > 0) and (logits.grad[0, 3, 0] < 0)


def test_large_logits_of_half_precision_stay_finite() -> None:
    logits = torch.full((3, 4, 1), 6e4, dtype=torch.float16)
    assert consistency_loss(logits, KNOWN).item() == pytest.approx(2e4, rel=1e-3)
