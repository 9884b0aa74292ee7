"""A trained core as an ONNX graph whose weights are those of the safetensors file beside it.

There is one copy of the weights, in half precision: the graph names the byte ranges of
`core.safetensors` as external data and casts them to single precision, which ONNX Runtime does
once, when it loads. What was not learned by gradients (buffers) keeps its type.

Legend: B rows, L items, D width, F features, R relations.
"""

from __future__ import annotations

import json
import math
import shutil
import struct
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from octad.heads.base import Head

WEIGHTS = "core.safetensors"
ADDED = "added.safetensors"
GRAPH = "core.onnx"


class Flat(nn.Module):
    """A core whose outputs are one flat tuple, head after head."""

    def __init__(self, core: nn.Module) -> None:
        super().__init__()
        self.core = core

    def forward(self, inputs: dict[str, Tensor]) -> tuple[Tensor, ...]:
        """Vectors `[B, L, D]`, mask `[B, L]`, indicator `[B, R, L, L]` and whatever else the core reads."""
        indicator = inputs["indicator"].to(inputs["vectors"].dtype)
        outputs = self.core(**inputs | {"indicator": indicator})
        return tuple(tensor for tensors in outputs.values() for tensor in tensors)


def export(
    core: Any,
    heads: Mapping[str, Head[Any, Any, Any]],
    width: int,
    folder: Path,
    *,
    base: Path | None = None,
) -> dict[str, tuple[str, ...]]:
    """Write `core.safetensors` and `core.onnx`; returns the names of the tensors of every output, in order.

    Where a `core.safetensors` in `base` holds a part of the weights, it is copied, and `added.safetensors`
    has the others: heads that were added later cost no second copy of everything.

    An output that is no head's has one tensor. Only encoders with plain attention can be exported.
    """
    example = core.example(3, 24, width)
    with torch.inference_mode(), core.plainly():
        made = core(**example | {"indicator": example["indicator"].to(torch.float32)})
    outputs = {name: heads[name].outputs if name in heads else (name,) for name in made}
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{head}.{name}" for head, tensors in outputs.items() for name in tensors]
    weights = {name for name, _ in core.named_parameters()}
    state = {name: tensor.detach().contiguous() for name, tensor in core.state_dict().items()}
    stored = {name: tensor.half() if name in weights else tensor for name, tensor in state.items()}
    files = [folder / WEIGHTS]
    if base is not None and (rest := _without(stored, base / WEIGHTS)) is not None:
        shutil.copyfile(base / WEIGHTS, folder / WEIGHTS)
        save_file(rest, folder / ADDED)
        files.append(folder / ADDED)
    else:
        save_file(stored, folder / WEIGHTS)
    graph = trace(core, names, example)
    share_weights(graph, files)
    strip(graph)
    onnx.save(graph, str(folder / GRAPH))
    return outputs


def trace(core: Any, names: list[str], example: dict[str, Tensor]) -> Any:
    """The core as an ONNX model with free batch and length."""
    b, length = torch.export.Dim("batch", min=1, max=4096), torch.export.Dim("items", min=2, max=core.longest)
    uses = torch.export.Dim("uses", min=1, max=1 << 20)
    free = {
        name: {0: uses} if name in core.ragged
        else {0: b, 2: length, 3: length} if name == "indicator"
        else {0: b, 1: length}
        for name in example
    }  # fmt: skip
    with core.plainly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            Flat(core).eval(),
            kwargs={"inputs": example},
            dynamo=True,
            optimize=False,
            verbose=False,
            input_names=list(example),
            output_names=names,
            dynamic_shapes={"inputs": free},
        )
    assert program is not None
    return program.model_proto


def _without(stored: Mapping[str, Tensor], path: Path) -> dict[str, Tensor] | None:
    """The tensors that a file does not hold; None where one that it holds is another here."""
    known = load_file(path)
    if any(name not in stored or not torch.equal(stored[name], tensor) for name, tensor in known.items()):
        return None
    return {name: tensor for name, tensor in stored.items() if name not in known}


def share_weights(model: Any, weights: Sequence[Path]) -> None:
    """Replace each initialiser that a weights file holds by a byte range of it, and a cast of halves."""
    ranges = {name: (path.name, *place) for path in weights for name, place in byte_ranges(path).items()}
    casts = []
    for tensor in model.graph.initializer:
        name = tensor.name.removeprefix("core.")
        if name not in ranges:
            continue
        original, (file, start, length) = tensor.name, ranges[name]
        if length == 2 * math.prod(tensor.dims):
            tensor.name = f"{original}.half"
            tensor.data_type = TensorProto.FLOAT16
            casts.append(helper.make_node("Cast", [tensor.name], [original], to=TensorProto.FLOAT))
        for data in ("raw_data", "float_data", "int32_data", "int64_data"):
            tensor.ClearField(data)
        tensor.data_location = TensorProto.EXTERNAL
        del tensor.external_data[:]
        for key, value in (("location", file), ("offset", str(start)), ("length", str(length))):
            tensor.external_data.add(key=key, value=value)
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
