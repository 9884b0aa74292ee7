"""Boosted trees on the numbers of items, stacked with a head that answers yes or no (`design/0009`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from octad.encoders.prepared import Prepared
from octad.extensions.base import Array, Extension

if TYPE_CHECKING:
    from octad.nn.stacked_trees import StackedItems, StackedLogit


class StackedTrees(Extension):
    """The logit of `head` beside that of trees, which read the numbers of the first item of `input`."""

    corrects_logit = True

    def __init__(self, head: str, input: str) -> None:
        self.name = f"{head}_trees"
        self.heads = (head,)
        self.input = input

    def reads(self) -> tuple[str, ...]:
        """The input whose numbers the trees read."""
        return (self.input,)

    def network(self, inputs: Sequence[str], widths: tuple[int, int]) -> StackedLogit:
        """Empty trees, and weights that leave the logit as it is."""
        from octad.nn.stacked_trees import StackedLogit

        return StackedLogit(1 + list(inputs).index(self.input), self.heads)

    def row(self, unit: Prepared) -> Array | None:
        """The numbers that the trees read of a case; None where it lacks the input."""
        first = next((part.first for part in unit.parts if part.name == self.input), None)
        return None if first is None else unit.numbers[first]

    def sort(self, unit: Prepared) -> int:
        """0 where the input is the numbers alone, 1 where it has other items beside them."""
        return int(any(part.name == self.input and len(part.items) > 1 for part in unit.parts))


class StackedItemTrees(Extension):
    """The logits of `head`, one for each item of `input`, beside those of trees that read its numbers."""

    def __init__(self, head: str, input: str) -> None:
        self.name = f"{head}_trees"
        self.heads = (head,)
        self.input = input

    def reads(self) -> tuple[str, ...]:
        """The input whose numbers the trees read."""
        return (self.input,)

    def network(self, inputs: Sequence[str], widths: tuple[int, int]) -> StackedItems:
        """Empty trees, and weights that leave the logits as they are."""
        from octad.nn.stacked_trees import StackedItems

        return StackedItems(1 + list(inputs).index(self.input), self.heads)
