"""A trained core as an ONNX graph whose weights are those of the safetensors file beside it.

There is one copy of the weights, in half precision: the graph names the byte ranges of
`core.safetensors` as external data and casts them to single precision, which ONNX Runtime does
once, when it loads.

Legend: B rows, L items, D width, F features, R relations.
"""

from __future__ import annotations

import json
import struct
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper
from safetensors.torch import save_file
from torch import Tensor, nn

from octad.backbones import ATTENTION, PLAIN
from octad.modalities.code import FEATURES, RELATIONS
from octad.model import Core

INPUTS = ("vectors", "features", "mask", "indicator")
WEIGHTS = "core.safetensors"
GRAPH = "core.onnx"


class Flat(nn.Module):
    """A core whose outputs are one flat tuple, head after head."""

    def __init__(self, core: Core) -> None:
        super().__init__()
        self.core = core

    def forward(
        self, vectors: Tensor, features: Tensor, mask: Tensor, indicator: Tensor
    ) -> tuple[Tensor, ...]:
        """Vectors `[B, L, D]`, features `[B, L, F]`, mask `[B, L]`, indicator `[B, R, L, L]`."""
        outputs = self.core(vectors, features, mask, indicator.to(vectors.dtype))
        return tuple(tensor for tensors in outputs.values() for tensor in tensors)


def export(core: Core, outputs: dict[str, tuple[str, ...]], width: int, folder: Path) -> None:
    """Write `core.safetensors` and `core.onnx`; `outputs` names the tensors of every head, in order.

    Only encoders with plain attention can be exported.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{head}.{name}" for head, tensors in outputs.items() for name in tensors]
    stored = {k: v.detach().half().contiguous() for k, v in core.state_dict().items()}
    save_file(stored, folder / WEIGHTS)
    graph = trace(core, names, width)
    share_weights(graph, folder / WEIGHTS)
    strip(graph)
    onnx.save(graph, str(folder / GRAPH))


def trace(core: Core, names: list[str], width: int) -> Any:
    """The core as an ONNX model with free batch and length."""
    B, L = 3, 24
    example = (
        torch.randn(B, L, width),
        torch.zeros(B, L, len(FEATURES), dtype=torch.uint8),
        torch.ones(B, L, dtype=torch.bool),
        torch.zeros(B, RELATIONS, L, L, dtype=torch.uint8),
    )
    b, length = torch.export.Dim("batch", min=1, max=4096), torch.export.Dim("items", min=2, max=512)
    encoder: Any = core.encoder
    encoder.attention(PLAIN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                Flat(core).eval(),
                example,
                dynamo=True,
                optimize=False,
                verbose=False,
                input_names=list(INPUTS),
                output_names=names,
                dynamic_shapes=(
                    {0: b, 1: length},
                    {0: b, 1: length},
                    {0: b, 1: length},
                    {0: b, 2: length, 3: length},
                ),
            )
    finally:
        encoder.attention(ATTENTION)
    assert program is not None
    return program.model_proto


def share_weights(model: Any, weights: Path) -> None:
    """Replace each initialiser that the weights file holds by a byte range of it and a cast."""
    ranges = byte_ranges(weights)
    casts = []
    for tensor in model.graph.initializer:
        name = tensor.name.removeprefix("core.")
        if name not in ranges:
            continue
        original, (start, length) = tensor.name, ranges[name]
        tensor.name = f"{original}.half"
        tensor.data_type = TensorProto.FLOAT16
        for data in ("raw_data", "float_data"):
            tensor.ClearField(data)
        tensor.data_location = TensorProto.EXTERNAL
        del tensor.external_data[:]
        for key, value in (("location", weights.name), ("offset", str(start)), ("length", str(length))):
            tensor.external_data.add(key=key, value=value)
        casts.append(helper.make_node("Cast", [tensor.name], [original], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    known = {tensor.name for tensor in model.graph.initializer}
    kept = [value for value in model.graph.value_info if value.name not in known]
    del model.graph.value_info[:]
    model.graph.value_info.extend(kept)


def strip(model: Any) -> None:
    """Forget where each node came from: three quarters of the file, with paths of the machine in them."""
    for entry in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        entry.ClearField("doc_string")
        entry.ClearField("metadata_props")
    model.ClearField("metadata_props")
    model.graph.ClearField("metadata_props")


def byte_ranges(path: Path) -> dict[str, tuple[int, int]]:
    """Where each tensor of a safetensors file lies: offset and length in bytes."""
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(size))
    return {
        name: (8 + size + entry["data_offsets"][0], entry["data_offsets"][1] - entry["data_offsets"][0])
        for name, entry in header.items()
        if name != "__metadata__"
    }
