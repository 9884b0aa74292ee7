"""A use beside its definition: a few items of a long text and a few words from far away, in a small sequence.

What must agree across thousands of items (a call and a signature, a field and its class, a constant and its
value) is joined where it is used. The near side are states that have read the whole unit; the far side are
words with what syntax says of them. The work grows with the number of uses and not with what lies between.

Legend: B rows, N items, D width, W width of the piece embeddings, T pairs, K near items, F far words,
M = K + F, C features, E size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from octad.nn.embeddings import FeatureSum
from octad.nn.extension import ExtensionNetwork
from octad.nn.transformer import Layer

HEADS, LAYERS = 4, 2


class Layout(NamedTuple):
    """How pairs are laid out: near items, far words, the sizes of their features, and the sorts of uses.

    The first feature is 0 where there is no item.
    """

    near: int
    far: int
    columns: tuple[int, ...]
    sorts: int


class DefinitionUseNetwork(ExtensionNetwork):
    """Layers over the items of each pair; the use speaks for all. `widths` are D and W.

    A row without a use, which a batch has where there is no pair, gives zeros.
    """

    ragged = frozenset({"far", "uses", "near", "pairs"})

    def __init__(self, widths: tuple[int, int], layout: Layout, size: int, heads: Sequence[str]) -> None:
        super().__init__()
        near, far = widths
        self.layout, self.size, self.heads = layout, size, tuple(heads)
        self.norms = nn.ModuleList(nn.LayerNorm(width, elementwise_affine=False) for width in widths)
        self.near = nn.Linear(near, size)
        self.far = nn.Linear(far, size)
        self.features = FeatureSum(layout.columns, size)
        nn.init.normal_(self.features.weight, std=0.5)
        self.sorts = nn.Embedding(layout.sorts, size)
        self.layers = nn.ModuleList(Layer(size, HEADS) for _ in range(LAYERS))
        self.last = nn.LayerNorm(size)

    def states(self, states: Tensor, inputs: Mapping[str, Tensor]) -> Tensor:
        """What was found at the item of each use, from `far`, `uses`, `near` and `pairs`: `[B, N, E]`."""
        found: Tensor = self(states, *(inputs[name] for name in ("far", "uses", "near", "pairs")))
        return found

    def forward(self, states: Tensor, far: Tensor, uses: Tensor, near: Tensor, features: Tensor) -> Tensor:
        """What was found at the item of each use, and zeros elsewhere: `[B, N, E]`.

        From states `[B, N, D]`, far `[T, F, W]`, uses `[T, 3]` (row, item, sort), near `[T, K]` and features
        `[T, M, C]`.
        """
        B, N, _ = states.shape
        row, item, sort = uses.long().unbind(1)
        beside = states[row[:, None], near.long()]
        sides = zip((self.near, self.far), self.norms, (beside, far), strict=True)
        items = torch.cat([project(norm(side.to(states.dtype))) for project, norm, side in sides], 1)
        mixed = items + self.features(features).to(items.dtype) + self.sorts(sort)[:, None].to(items.dtype)
        allowed = (features[..., 0] > 0)[:, None, None, :]
        none = torch.zeros(1, 1, 1, 1, dtype=mixed.dtype, device=mixed.device)
        for layer in self.layers:
            mixed = layer(mixed, allowed, none)
        found = self.last(mixed[:, 0]) * (features[:, 0, :1] > 0).to(mixed.dtype)
        empty = torch.zeros(B, N, self.size, dtype=found.dtype, device=found.device)
        return empty.index_put((row, item), found)

    def example(self, rows: int, width: int) -> dict[str, Tensor]:
        """Inputs of the right kinds and shapes, to trace with: two uses a row."""
        K, F, columns, _ = self.layout
        T = 2 * rows
        features = torch.ones(T, K + F, len(columns), dtype=torch.uint8)
        row = torch.arange(T, dtype=torch.int32) // 2
        return {
            "far": torch.randn(T, F, width),
            "uses": torch.stack([row, torch.arange(T, dtype=torch.int32) % 2, torch.zeros_like(row)], 1),
            "near": torch.zeros(T, K, dtype=torch.int32),
            "pairs": features,
        }
