from __future__ import annotations

import pytest
import torch

from octad.nn.twins import Convolutional, Recurrent, with_summary


@pytest.fixture(params=[Recurrent, Convolutional])
def twin(request: pytest.FixtureRequest) -> torch.nn.Module:
    torch.manual_seed(0)
    made: torch.nn.Module = request.param(8)
    return made.eval()


def inputs() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    mask = torch.ones(2, 7, dtype=torch.bool)
    mask[1, 4:] = False
    return torch.randn(2, 7, 8), mask


def test_padding_changes_nothing(twin: torch.nn.Module) -> None:
    vectors, mask = inputs()
    states = twin(vectors, mask, [])
    assert states.shape == vectors.shape
    torch.testing.assert_close(states[1, :4], twin(vectors[1:, :4], mask[1:, :4], [])[0])
    other = vectors.clone()
    other[1, 4:] = 9.0
    torch.testing.assert_close(twin(other, mask, [])[mask], states[mask])


def test_every_item_reaches_the_summary(twin: torch.nn.Module) -> None:
    vectors, mask = inputs()
    vectors.requires_grad_()
    twin(vectors, mask, [])[:, 0].square().sum().backward()
    assert vectors.grad is not None
    reached = vectors.grad.abs().sum(-1) > 0
    assert torch.equal(reached, mask)


def test_the_summary_gets_the_mean_of_kept_items() -> None:
    states = torch.tensor([[[1.0], [2.0], [6.0], [100.0]]])
    summed = with_summary(states, torch.tensor([[True, True, True, False]]))
    assert summed[0, :, 0].tolist() == [4.0, 2.0, 6.0, 100.0]
