from __future__ import annotations

import torch

from octad.nn.readout import BesideSummary, EveryItem, Summary


def test_every_item_reads_its_own_state_and_starts_rare() -> None:
    torch.manual_seed(0)
    layer, states = EveryItem(8, 3), torch.randn(2, 5, 8)
    (logits,) = layer(states)
    assert logits.shape == (2, 5, 3)
    assert (logits.sigmoid() < 0.05).all()
    other = states.clone()
    other[0, 1] += 1.0
    assert ((layer(other)[0] - logits).abs().sum(-1) > 0).nonzero().tolist() == [[0, 1]]


def test_summary_reads_item_zero_only() -> None:
    torch.manual_seed(0)
    layer, states = Summary(8, 3), torch.randn(2, 5, 8)
    (logits,) = layer(states)
    assert logits.shape == (2, 3)
    torch.testing.assert_close(layer(states[:, :1])[0], logits)


def test_beside_the_summary_every_item_is_scored_by_itself() -> None:
    torch.manual_seed(0)
    layer, states = BesideSummary(8), torch.randn(2, 5, 8)
    (scores,) = layer(states)
    assert scores.shape == (2, 5)
    item, summary = states.clone(), states.clone()
    item[0, 3] += 1.0
    summary[1, 0] += 1.0
    assert (layer(item)[0] != scores).nonzero().tolist() == [[0, 3]]
    assert (layer(summary)[0] != scores).nonzero()[:, 0].unique().tolist() == [1]
    torch.testing.assert_close(layer(states[:, [0, 3]])[0][:, 1], scores[:, 3])
