"""Against the sum that one would do by hand, in float64."""

from __future__ import annotations

import math

import pytest
import torch

from octad_train.losses.binary import binary_loss


def plainly(logits: list[float], truth: list[int]) -> float:
    held = [(x, t) for x, t in zip(logits, truth, strict=True) if t >= 0]
    each = [math.log1p(math.exp(-x if t else x)) for x, t in held]
    return sum(each) / max(len(each), 1)


@pytest.mark.parametrize("truth", [[1, 0, 1, 0], [1, -1, -1, 0], [-1, -1, -1, 1], [-1, -1, -1, -1]])
def test_equals_the_plain_loss(truth: list[int]) -> None:
    logits = [0.3, -2.5, 4.0, 1.25]
    found = binary_loss(torch.tensor(logits), torch.tensor(truth)).item()
    assert found == pytest.approx(plainly(logits, truth), rel=1e-5)


def test_unlabelled_rows_get_no_gradient() -> None:
    logits = torch.tensor([0.5, 9.0, -3.0], requires_grad=True)
    binary_loss(logits, torch.tensor([1, -1, -1])).backward()
    assert logits.grad is not None and (logits.grad != 0).tolist() == [True, False, False]


def test_large_logits_of_half_precision_stay_finite() -> None:
    logits = torch.tensor([6e4, -6e4], dtype=torch.float16)
    assert binary_loss(logits, torch.tensor([0, 1])).item() == pytest.approx(6e4, rel=1e-3)
