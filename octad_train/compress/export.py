"""A trained model as ONNX graphs whose weights are those of the safetensors file beside them.

There is one copy of the weights, in half precision: each graph names the byte ranges of `weights.safetensors`
as external data and casts them to single precision, which ONNX Runtime does once, when it loads. What was not
learned by gradients (buffers) keeps its type. The graph of texts is left out where the artefact reads them
with a shared one.

Legend: B rows, N items or tokens, W width.
"""

from __future__ import annotations

import json
import logging
import math
import struct
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper
from safetensors.torch import save_file
from torch import Tensor, nn

from octad.engines import CORE, ENCODER
from octad.heads.base import Head
from octad.model import Model
from octad.nn import core as cores
from octad.nn import text_encoder as encoders

WEIGHTS = "weights.safetensors"


class Flat(nn.Module):
    """A module whose outputs are one flat tuple."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, inputs: dict[str, Tensor]) -> tuple[Tensor, ...]:
        """Vectors `[B, N, W]` and whatever else the module reads."""
        if "indicator" in inputs:
            inputs = inputs | {"indicator": inputs["indicator"].to(inputs["vectors"].dtype)}
        outputs = self.module(**inputs)
        if isinstance(outputs, Tensor):
            return (outputs,)
        return tuple(tensor for tensors in outputs.values() for tensor in tensors)


def export(
    model: Model, heads: Mapping[str, Head[Any, Any]], width: int, folder: Path, *, texts: bool
) -> dict[str, tuple[str, ...]]:
    """Write weights and graphs, that of texts where asked; returns the names of the tensors of every output.

    An output that is no head's has one tensor. Only backbones with plain attention can be exported.
    """
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it names every library that is not there
    folder.mkdir(parents=True, exist_ok=True)
    store_weights(model, folder, texts=texts)
    if texts:
        export_encoder(model, width, folder)
    example = model.core.example(3, 24, width)
    with torch.inference_mode():
        made = Flat(model.core).module(
            **{k: v.float() if k == "indicator" else v for k, v in example.items()}
        )
    outputs = {name: heads[name].outputs if name in heads else (name,) for name in made}
    names = [f"{head}.{name}" for head, tensors in outputs.items() for name in tensors]
    graph = trace(model.core, names, example, cores.LONGEST, model.core.ragged)
    save_graph(graph, folder, CORE, "core.")
    return outputs


def export_encoder(model: Model, width: int, folder: Path) -> None:
    """Write the graph that reads texts, over weights that are in the folder."""
    example = model.encoder.example(3, 24, width)
    save_graph(trace(model.encoder, ["states"], example, encoders.LONGEST), folder, ENCODER, "encoder.")


def store_weights(model: Model, folder: Path, *, texts: bool, core: bool = True) -> None:
    """Write `weights.safetensors`: parameters in half precision, buffers as they are."""
    parts = {"encoder": model.encoder} if texts else {}
    modules: dict[str, nn.Module] = {**parts, **({"core": model.core} if core else {})}
    learned = {f"{part}.{name}" for part, module in modules.items() for name, _ in module.named_parameters()}
    state = {
        f"{part}.{name}": tensor.detach().contiguous()
        for part, module in modules.items()
        for name, tensor in module.state_dict().items()
    }
    held = {name: tensor.half() if name in learned else tensor for name, tensor in state.items()}
    save_file(held, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # it is written for its owner alone


def trace(
    module: Any,
    names: list[str],
    example: dict[str, Tensor],
    longest: int,
    ragged: frozenset[str] = frozenset(),
) -> Any:
    """A module as an ONNX model with free batch and length."""
    b, length = torch.export.Dim("batch", min=1, max=4096), torch.export.Dim("items", min=2, max=longest)
    rows = torch.export.Dim("rows", min=1, max=1 << 20)
    free = {
        name: {0: rows} if name in ragged
        else {0: b, 2: length, 3: length} if name == "indicator"
        else {0: b, 1: length}
        for name in example
    }  # fmt: skip
    plainly = getattr(module, "plainly", nullcontext)
    with plainly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            Flat(module).eval(),
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


def save_graph(graph: Any, folder: Path, name: str, prefix: str) -> None:
    """Write a graph whose initialisers lie in the weights beside it, under a prefix."""
    share_weights(graph, folder / WEIGHTS, prefix)
    strip(graph)
    onnx.save(graph, str(folder / name))


def share_weights(model: Any, weights: Path, prefix: str) -> None:
    """Replace each initialiser that the weights hold by a byte range of them, and a cast of halves."""
    ranges = byte_ranges(weights)
    casts = []
    for tensor in model.graph.initializer:
        name = prefix + tensor.name.removeprefix("module.")
        if name not in ranges:
            continue
        original, (start, length) = tensor.name, ranges[name]
        if length == 2 * math.prod(tensor.dims):
            tensor.name = f"{original}.half"
            tensor.data_type = TensorProto.FLOAT16
            casts.append(helper.make_node("Cast", [tensor.name], [original], to=TensorProto.FLOAT))
        for data in ("raw_data", "float_data", "int32_data", "int64_data"):
            tensor.ClearField(data)
        tensor.data_location = TensorProto.EXTERNAL
        del tensor.external_data[:]
        for key, value in (("location", weights.name), ("offset", str(start)), ("length", str(length))):
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
