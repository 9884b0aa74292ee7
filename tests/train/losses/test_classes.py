from __future__ import annotations

import math

import pytest
import torch

from octad_train.losses.classes import class_loss


def test_unlabelled_rows_are_left_out() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 5.0], [0.0, 0.0]])
    found = class_loss(logits, torch.tensor([0, -1, 1])).item()
    assert found == pytest.approx((math.log1p(math.exp(-2)) + math.log(2)) / 2, 1e-5)


def test_the_true_class_is_raised_and_the_others_are_lowered() -> None:
    logits = torch.zeros(2, 3, requires_grad=True)
    class_loss(logits, torch.tensor([1, -1])).backward()
    assert logits.grad is not None
    assert logits.grad[0].tolist() == pytest.approx([1 / 3, -2 / 3, 1 / 3])
    assert not logits.grad[1].any()


def test_large_logits_of_half_precision_stay_finite() -> None:
    logits = torch.tensor([[6e4, 0.0]], dtype=torch.float16)
    assert class_loss(logits, torch.tensor([1])).item() == pytest.approx(6e4, rel=1e-3)
