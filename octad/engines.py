"""What runs a core: ONNX Runtime, without torch, or torch itself. One method, the same outputs.

Legend: B rows, L items, D width, R relations.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from octad.errors import ArtefactError
from octad.fusion.base import placed
from octad.store.table import PieceTable

if TYPE_CHECKING:
    from octad.model import Model

Array = NDArray[Any]
Outputs = dict[str, list[Array]]
Named = Mapping[str, tuple[str, ...]]
"""The names of the tensors of each head, in order."""


class Engine(Protocol):
    """Outputs of every head for a batch, padded as the batch is."""

    def run(self, batch: Any) -> Outputs:
        """From padded units to arrays by head."""


class OnnxEngine:
    """The exported graph in ONNX Runtime."""

    def __init__(self, folder: Path, table: PieceTable, outputs: Named, relations: int, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads that spin while they wait take the cores from whatever else runs here.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.session = onnxruntime.InferenceSession(
                str(folder / "core.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ArtefactError(f"{folder / 'core.onnx'} cannot be loaded: {error}") from error
        # Weights from before an input was there do without it.
        self.read = {one.name for one in self.session.get_inputs()}
        self.table = table
        self.outputs = outputs
        self.relations = relations

    def run(self, batch: Any) -> Outputs:
        """Look the pieces up, run the graph, give each head its outputs."""
        feeds = batch._asdict()
        B, L = batch.mask.shape
        indicator = np.zeros((B, self.relations, L, L), np.uint8)
        row, source, target, relation = feeds.pop("edges").T
        indicator[row, relation, source, target] = 1
        means = self.table.means(feeds.pop("pieces"), feeds.pop("starts"))
        feeds |= {**placed(means, feeds), "indicator": indicator}
        feeds = {name: feeds[name] for name in self.read}
        # By name: the manifest sorts its keys, the graph keeps the order of the declaration.
        wanted = [f"{head}.{name}" for head, names in self.outputs.items() for name in names]
        arrays = iter(self.session.run(wanted, feeds))
        return {head: [next(arrays) for _ in names] for head, names in self.outputs.items()}


class TorchEngine:
    """A model in torch, on whatever device it is."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def run(self, batch: Any) -> Outputs:
        """The same outputs as the exported graph, in single precision."""
        import torch

        from octad.model import to_tensors

        device = next(self.model.parameters()).device
        with torch.inference_mode():
            outputs = self.model(to_tensors(batch, device))
        return {head: [t.float().cpu().numpy() for t in tensors] for head, tensors in outputs.items()}
