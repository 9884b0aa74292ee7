"""Trees beside the logits of items: those of their own stream are corrected, all others stay as they are."""

from __future__ import annotations

import torch

from octad.nn.stacked_trees import StackedItems


def test_items_of_the_stream_are_stacked_and_others_stay() -> None:
    network = StackedItems(stream=1, corrects=("told",))
    network.trees.column[0], network.trees.threshold[0] = 1, 0.5
    network.trees.low[0], network.trees.high[0] = 1, 2
    network.trees.value[1], network.trees.value[2] = -3.0, 3.0
    logits = torch.tensor([[1.0, 1.0, 1.0, 1.0]])
    inputs = {
        "features": torch.tensor([[[0, 0], [1, 0], [1, 0], [1, 0]]]),
        "numbers": torch.tensor([[[0.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 1.0]]]),
        "mask": torch.tensor([[True, True, True, False]]),
    }
    assert torch.equal(network.corrected("told", (logits,), inputs)[0], logits)
    network.weight.copy_(torch.tensor([0.5, 1.0, 0.25]))
    (stacked,) = network.corrected("told", (logits,), inputs)
    assert stacked.tolist() == [[1.0, -2.25, 3.75, 1.0]]
    assert network.corrected("kind", (logits,), inputs)[0] is logits
