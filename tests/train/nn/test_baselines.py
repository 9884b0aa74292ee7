from __future__ import annotations

import pytest
import torch

from octad_train.nn.baselines import BASELINES, BaselineMixer, Convolutional, Recurrent, with_summary


@pytest.fixture(params=[Recurrent, Convolutional])
def encoder(request: pytest.FixtureRequest) -> torch.nn.Module:
    torch.manual_seed(0)
    made: torch.nn.Module = request.param(8)
    return made.eval()


def inputs() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    mask = torch.ones(2, 7, dtype=torch.bool)
    mask[1, 4:] = False
    return torch.randn(2, 7, 8), mask


def test_padding_changes_nothing(encoder: torch.nn.Module) -> None:
    vectors, mask = inputs()
    states = encoder(vectors, mask, [])
    assert states.shape == vectors.shape
    torch.testing.assert_close(states[1, :4], encoder(vectors[1:, :4], mask[1:, :4], [])[0])
    other = vectors.clone()
    other[1, 4:] = 9.0
    torch.testing.assert_close(encoder(other, mask, [])[mask], states[mask])


def test_every_item_reaches_the_summary(encoder: torch.nn.Module) -> None:
    vectors, mask = inputs()
    vectors.requires_grad_()
    encoder(vectors, mask, [])[:, 0].square().sum().backward()
    assert vectors.grad is not None
    reached = vectors.grad.abs().sum(-1) > 0
    assert torch.equal(reached, mask)


def test_the_summary_gets_the_mean_of_kept_items() -> None:
    states = torch.tensor([[[1.0], [2.0], [6.0], [100.0]]])
    summed = with_summary(states, torch.tensor([[True, True, True, False]]))
    assert summed[0, :, 0].tolist() == [4.0, 2.0, 6.0, 100.0]


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_stands_in_the_place_of_fusion_with_open_gates(name: str) -> None:
    vectors, mask = inputs()
    none = torch.zeros(2, 7)
    states, gates = BaselineMixer(name, 8, 3)(vectors, mask, none, none, torch.zeros(2, 1, 7, 7))
    assert states.shape == vectors.shape and gates.tolist() == [[1.0] * 3] * 2
