"""What runs a model: ONNX Runtime, without torch, or torch itself. Two steps, the same outputs.

Legend: G sequences, L tokens, W width, B cases, N items, R relations.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from octad.encoders.batch import Batch, TokenBatch
from octad.errors import ArtefactError, first_line
from octad.store.onnx_file import check
from octad.store.piece_table import PieceTable

if TYPE_CHECKING:
    from octad.model import Model

Array = NDArray[Any]
Outputs = dict[str, list[Array]]
Named = Mapping[str, tuple[str, ...]]
"""The names of the tensors of each head, in order."""
ENCODER, CORE, WEIGHTS = "encoder.onnx", "core.onnx", "weights.safetensors"
Shapes = Mapping[str, list[tuple[int | None, ...]]]
"""The shapes of the outputs of one case, by head; None where it depends on the case."""


class Engine(Protocol):
    """Texts to states, then cases to the outputs of every head; both padded as what is given."""

    width: int
    """W, the width of states."""
    shapes: Shapes
    """What is known of the outputs before there are any."""

    def encode(self, tokens: TokenBatch) -> Array:
        """Padded sequences to states `[G, L, W]`."""

    def decide(self, batch: Batch, vectors: Array) -> Outputs:
        """Padded cases with the vectors of their items `[B, N, W]` to arrays by head."""


class OnnxEngine:
    """Exported graphs in ONNX Runtime: that of the texts in `encoder`, that of the agent in `folder`."""

    def __init__(self, folder: Path, encoder: Path, table: PieceTable, outputs: Named, threads: int) -> None:
        self.texts = session(encoder / ENCODER, threads)
        self.core = session(folder / CORE, threads)
        self.table = table
        self.outputs = outputs
        self.width = int(table.values.shape[1])
        (states,) = _floats(self.texts, encoder / ENCODER).values()
        if states[2:] != (self.width,):
            raise ArtefactError(f"{encoder / ENCODER} gives states of {states[2:]}, not of ({self.width},)")
        given = _floats(self.core, folder / CORE)
        wanted = {f"{head}.{name}" for head, names in outputs.items() for name in names}
        if odd := sorted(wanted ^ given.keys()):
            raise ArtefactError(f"{folder / CORE} and its manifest differ in the output {odd[0]}")
        self.shapes: Shapes = {
            head: [given[f"{head}.{name}"][1:] for name in names] for head, names in outputs.items()
        }

    def encode(self, tokens: TokenBatch) -> Array:
        """Look the pieces up and run the graph of the texts."""
        G, L = tokens.mask.shape
        feeds = tokens._asdict()
        feeds["vectors"] = self.table.means(feeds.pop("pieces"), feeds.pop("starts")).reshape(G, L, -1)
        (states,) = run(self.texts, None, feeds, (G, L))
        return states

    def decide(self, batch: Batch, vectors: Array) -> Outputs:
        """Run the graph of the agent; give each head its outputs."""
        feeds = {**batch.items(), "vectors": vectors, "edges": batch.edges}
        for name, (pieces, starts, shape) in batch.words.items():
            feeds[name] = self.table.means(pieces, starts).reshape(*shape, -1)
        # By name: the manifest sorts its keys, the graph keeps the order of the declaration.
        wanted = [f"{head}.{name}" for head, names in self.outputs.items() for name in names]
        arrays = iter(run(self.core, wanted, feeds, batch.mask.shape))
        return {head: [next(arrays) for _ in names] for head, names in self.outputs.items()}


def session(path: Path, threads: int) -> Any:
    """A graph, loaded; raises ArtefactError where it cannot be, or asks for more than one of ours."""
    import onnxruntime

    check(path, WEIGHTS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what is wrong is raised; it need not be printed too
    # Threads that spin while they wait take the cores from whatever else runs here.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ArtefactError(f"{path} cannot be loaded: {first_line(error)}") from error


def _floats(graph: Any, path: Path) -> dict[str, tuple[int | None, ...]]:
    """The shapes of a graph's outputs by name, None where free; raises ArtefactError unless floats."""
    found: dict[str, tuple[int | None, ...]] = {}
    for one in graph.get_outputs():
        if one.type != "tensor(float)":
            raise ArtefactError(f"{path} gives {one.type} as {one.name}, not floats")
        found[one.name] = tuple(size if isinstance(size, int) else None for size in one.shape)
    return found


def run(graph: Any, wanted: list[str] | None, feeds: dict[str, Array], shape: tuple[int, int]) -> list[Array]:
    """The outputs of a graph; `edges` (row, source, target, relation) become the indicator that it reads.

    Raises ArtefactError where it cannot be run on what it is given.
    """
    inputs = {one.name: one for one in graph.get_inputs()}
    edges = feeds.pop("edges")
    if "indicator" in inputs:
        rows, items = shape
        indicator = np.zeros((rows, inputs["indicator"].shape[1], items, items), np.uint8)
        row, source, target, relation = edges.T
        indicator[row, relation, source, target] = 1
        feeds["indicator"] = indicator
    if odd := sorted(inputs.keys() - feeds.keys()):
        raise ArtefactError(f"a graph of the weights asks for {odd[0]}, which this version has not")
    try:
        found: list[Array] = graph.run(wanted, {name: feeds[name] for name in inputs})
    except Exception as error:
        raise ArtefactError(f"a graph of the weights cannot be run: {first_line(error)}") from error
    return found


class TorchEngine:
    """A model in torch, on whatever device it is."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.width = int(model.pieces.table.shape[1])
        self.shapes: Shapes = {}

    def encode(self, tokens: TokenBatch) -> Array:
        """The same states as the exported graph gives, in single precision."""
        import torch

        from octad.model import to_tensors

        with torch.inference_mode():
            states: Array = (
                self.model.encode(to_tensors(tokens._asdict(), self.model.device)).float().cpu().numpy()
            )
        return states

    def decide(self, batch: Batch, vectors: Array) -> Outputs:
        """The same outputs as the exported graph gives, in single precision."""
        import torch

        from octad.model import item_tensors

        with torch.inference_mode():
            tensors = item_tensors(batch, self.model.device)
            outputs = self.model.decide(torch.from_numpy(vectors).to(self.model.device), tensors)
        return {head: [t.float().cpu().numpy() for t in arrays] for head, arrays in outputs.items()}
