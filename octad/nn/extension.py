"""The network of an extension: other states for some heads, or corrections of what they say.

Legend: B rows, N items, D width.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn


class ExtensionNetwork(nn.Module):
    """Leaves states and outputs as they are; `heads` read what it makes of the states.

    `size` is the width of these states, `ragged` names inputs whose first axis is not that of the batch.
    """

    heads: tuple[str, ...] = ()
    size: int = 0
    ragged: frozenset[str] = frozenset()

    def states(self, states: Tensor, inputs: Mapping[str, Tensor]) -> Tensor:
        """From the states `[B, N, D]` of all items to those that its heads read, `[B, N, E]`."""
        return states

    def corrected(
        self, head: str, output: tuple[Tensor, ...], inputs: Mapping[str, Tensor]
    ) -> tuple[Tensor, ...]:
        """What a head says, given the arrays of the batch."""
        return output

    def example(self, rows: int, width: int) -> dict[str, Tensor]:
        """Inputs of its own of the right kinds and shapes, to trace with, over embeddings of some width."""
        return {}
