"""The word-piece embeddings that all agents share: eight bits per weight, one scale per row.

Legend: V vocabulary, D width, M pieces, N items.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.errors import ArtefactError
from octad.host.whole_file import make_folder, replace
from octad.store.tensors import read_tensors

Floats = NDArray[np.float32]
FILE = "pieces.safetensors"


class PieceTable:
    """Mean embeddings of items from a quantised table."""

    def __init__(self, values: NDArray[np.int8], scale: Floats) -> None:
        self.values = values
        self.scale = scale

    @classmethod
    def load(cls, folder: Path) -> PieceTable:
        """Read `pieces.safetensors`; raises ArtefactError."""
        kinds = {"values": ("int8", (None, None)), "scale": ("float32", (None, 1))}
        tensors = read_tensors(folder / FILE, kinds)
        if len(tensors["values"]) != len(tensors["scale"]):
            raise ArtefactError(f"{folder / FILE} has not one scale per row")
        return cls(tensors["values"], tensors["scale"])

    @classmethod
    def quantise(cls, table: NDArray[Any]) -> PieceTable:
        """Round `[V, D]` to 255 levels per row."""
        scale = np.maximum(np.abs(table).max(1, keepdims=True) / 127, 1e-12).astype(np.float32)
        return cls(np.rint(table / scale).astype(np.int8), scale)

    def save(self, folder: Path) -> None:
        """Write `pieces.safetensors`."""
        from safetensors.numpy import save

        make_folder(folder)
        replace(folder / FILE, save({"values": self.values, "scale": self.scale}))

    def rows(self, pieces: NDArray[Any]) -> Floats:
        """Embeddings `[M, D]`; raises ArtefactError for pieces that the table does not have."""
        if len(pieces) and int(pieces.max()) >= len(self.values):
            raise ArtefactError(f"the tokenizer has pieces beyond the {len(self.values)} of the weights")
        found: Floats = self.values[pieces].astype(np.float32) * self.scale[pieces]
        return found

    def means(self, pieces: NDArray[Any], starts: NDArray[Any]) -> Floats:
        """Means `[N, D]` of the pieces `[M]` of each item, whose first piece `starts` names.

        An item without pieces is zero.
        """
        counts = np.diff(np.append(starts, len(pieces)))
        filled = counts > 0
        result = np.zeros((len(starts), self.values.shape[1]), np.float32)
        if filled.any():
            sums = np.add.reduceat(self.rows(pieces), starts[filled], axis=0)
            result[filled] = sums / counts[filled, None]
        return result
