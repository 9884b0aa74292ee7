from __future__ import annotations

import torch

from octad_train.losses.uncertainty import Uncertainty


def test_starts_as_the_plain_sum() -> None:
    layer = Uncertainty(["a", "b"])
    assert layer({"a": torch.tensor(2.0), "b": torch.tensor(3.0)}).item() == 5.0


def test_a_loss_that_stays_high_counts_less() -> None:
    layer = Uncertainty(["noisy", "steady"])
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(300):
        optimiser.zero_grad()
        layer({"noisy": torch.tensor(4.0), "steady": torch.tensor(0.25)}).backward()
        optimiser.step()
    weights = {name: torch.exp(-value).item() for name, value in layer.log_variance.items()}
    # The best weight of a constant loss l is 1 / (2 l): where exp(-s) l + s / 2 has its least value.
    assert abs(weights["noisy"] - 1 / 8) < 1e-3
    assert abs(weights["steady"] - 2.0) < 1e-2
