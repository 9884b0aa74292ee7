"""Boosted trees as tensors: fitted elsewhere, run and exported with the rest of the network.

Legend: B rows, K numbers of a row, N items, T trees, M nodes of all trees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from octad.nn.extension import ExtensionNetwork

TREES, LEAVES, DEPTH = 240, 12, 8
"""What there is room for: trees, leaves of each, steps from a root to a leaf."""
NODES = 2 * LEAVES - 1
UNSTACKED = (1.0, 0.0, 0.0)
"""The weights of the logit, of the trees and of a constant where the logit stays as it is."""
SORTS = 2
"""Inputs that are one row of numbers, and those that have other items, texts for instance, beside it."""


class Trees(nn.Module):
    """The sum of one leaf of every tree; a leaf leads to itself. All are zero before anything is fitted."""

    column: Tensor
    threshold: Tensor
    low: Tensor
    high: Tensor
    value: Tensor

    def __init__(self) -> None:
        super().__init__()
        nodes = torch.arange(TREES * NODES, dtype=torch.int32)
        self.register_buffer("column", torch.zeros_like(nodes))
        self.register_buffer("threshold", torch.zeros(len(nodes)))
        self.register_buffer("low", nodes.clone())
        self.register_buffer("high", nodes.clone())
        self.register_buffer("value", torch.zeros(len(nodes)))

    def forward(self, rows: Tensor) -> Tensor:
        """Rows `[B, K]` to log-odds `[B]`: left where a number is at most the threshold of the node."""
        column, low, high = self.column.long(), self.low.long(), self.high.long()
        roots = torch.arange(0, TREES * NODES, NODES, device=rows.device)
        # Added, not expanded to [B, T]: a traced graph would keep B as it was.
        at = roots + torch.zeros_like(rows[:, :1], dtype=torch.long)
        for _ in range(DEPTH):
            at = torch.where(rows.gather(1, column[at]) <= self.threshold[at], low[at], high[at])
        return self.value[at].sum(1)


class StackedLogit(ExtensionNetwork):
    """A logit stacked with what trees say of the numbers of one item (Wolpert 1992).

    The item is the first kind of a stream; where it is absent or hidden the logit stays as it is. Inputs that
    have other items beside it, which the trees do not see, are weighed apart. Before anything is fitted the
    logit stays as it is everywhere.
    """

    weight: Tensor

    def __init__(self, stream: int, corrects: Sequence[str]) -> None:
        super().__init__()
        self.stream = stream
        self.corrects = tuple(corrects)
        self.trees = Trees()
        self.register_buffer("weight", torch.tensor([UNSTACKED] * SORTS))

    def corrected(
        self, head: str, output: tuple[Tensor, ...], inputs: Mapping[str, Tensor]
    ) -> tuple[Tensor, ...]:
        """A logit `[B, 1]` to one that the trees correct; other heads stay as they are."""
        if head not in self.corrects:
            return output
        features, numbers, mask = (inputs[name] for name in ("features", "numbers", "mask"))
        return (self(output[0], features, numbers, mask),)

    def forward(self, logit: Tensor, features: Tensor, numbers: Tensor, mask: Tensor) -> Tensor:
        """Logit `[B, 1]`, features `[B, N, 2]`, numbers `[B, N, K]` and mask `[B, N]` to a logit `[B, 1]`."""
        stream = (features[..., 0] == self.stream) & mask
        own = stream & (features[..., 1] == 0)
        rows = (numbers.float() * own[..., None]).sum(1)
        of_head, of_trees, constant = self.weight[(stream & ~own).any(1).long()].unbind(1)
        stacked = of_head * logit[:, 0].float() + of_trees * self.trees(rows) + constant
        return torch.where(own.any(1), stacked, logit[:, 0].float())[:, None]


class StackedItems(ExtensionNetwork):
    """The logit of every item of a stream, stacked with what trees say of its numbers; others stay."""

    weight: Tensor

    def __init__(self, stream: int, corrects: Sequence[str]) -> None:
        super().__init__()
        self.stream = stream
        self.corrects = tuple(corrects)
        self.trees = Trees()
        self.register_buffer("weight", torch.tensor(UNSTACKED))

    def corrected(
        self, head: str, output: tuple[Tensor, ...], inputs: Mapping[str, Tensor]
    ) -> tuple[Tensor, ...]:
        """Logits `[B, N]` to those that the trees correct; other heads stay as they are."""
        if head not in self.corrects:
            return output
        logits, numbers = output[0].float(), inputs["numbers"].float()
        said = self.trees(numbers.flatten(0, 1)).reshape(logits.shape)
        of_head, of_trees, constant = self.weight.unbind()
        stacked = of_head * logits + of_trees * said + constant
        own = (inputs["features"][..., 0] == self.stream) & inputs["mask"]
        return (torch.where(own, stacked, logits),)
