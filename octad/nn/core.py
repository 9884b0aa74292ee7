"""Everything after the backbone: fusion, what extensions make of its states, and the heads.

Legend: B cases, N items, W width of the vectors of texts, K numbers, R relations, S streams.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from octad.nn.extension import ExtensionNetwork
from octad.nn.fusion import OneStream, StreamFusion

Outputs = dict[str, tuple[Tensor, ...]]
LONGEST = 4096
"""Items that an exported graph takes at most; the indicator of relations grows with their square."""
GATES = "gates"
"""The output that is no head's: the gate of each stream."""


class Core(nn.Module):
    """The part of a model that no other agent shares; `sizes` are K and R."""

    def __init__(
        self,
        fusion: StreamFusion | OneStream,
        heads: Mapping[str, nn.Module],
        extensions: Mapping[str, ExtensionNetwork],
        sizes: tuple[int, int],
    ) -> None:
        super().__init__()
        self.fusion = fusion
        self.heads = nn.ModuleDict(dict(heads))
        self.extensions = nn.ModuleDict(dict(extensions))
        self.numbers, self.relations = sizes

    def forward(self, **inputs: Tensor) -> Outputs:
        """The outputs of every head, and the gates `[B, S]` where streams were fused.

        From vectors `[B, N, W]`, features `[B, N, 2]`, numbers `[B, N, K]`, subject and mask `[B, N]`,
        indicator `[B, R, N, N]` and the arrays of extensions.
        """
        fused = self.fusion(inputs)
        networks = self.networks()
        read = dict.fromkeys(self.heads, fused.states)
        for network in networks:
            if network.heads:
                read |= dict.fromkeys(network.heads, network.states(fused.states, inputs))
        outputs: Outputs = {name: head(read[name]) for name, head in self.heads.items()}
        for network in networks:
            outputs = {name: network.corrected(name, output, inputs) for name, output in outputs.items()}
        return outputs if fused.gates is None else {**outputs, GATES: (fused.gates,)}

    def networks(self) -> list[ExtensionNetwork]:
        """The networks of extensions, in the order of their declaration."""
        return [network for network in self.extensions.values() if isinstance(network, ExtensionNetwork)]

    @property
    def ragged(self) -> frozenset[str]:
        """Inputs whose first axis is not that of the batch."""
        return frozenset().union(*(network.ragged for network in self.networks()))

    def standardise(self, batches: Sequence[Mapping[str, Tensor]]) -> None:
        """Standardise numbers by those of some batches."""
        self.fusion.standardise(batches)

    def example(self, rows: int, items: int, width: int) -> dict[str, Tensor]:
        """Inputs of the right kinds and shapes, to trace with: those that it reads."""
        inputs = {
            "vectors": torch.randn(rows, items, width),
            "mask": torch.ones(rows, items, dtype=torch.bool),
        }
        if isinstance(self.fusion, StreamFusion):
            inputs |= {
                "features": torch.zeros(rows, items, 2, dtype=torch.uint8),
                "numbers": torch.randn(rows, items, self.numbers),
                "subject": torch.ones(rows, items, dtype=torch.int32),
                "indicator": torch.zeros(rows, self.relations, items, items, dtype=torch.uint8),
            }
        for network in self.networks():
            inputs |= network.example(rows, width)
        return inputs
