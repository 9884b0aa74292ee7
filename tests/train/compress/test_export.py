"""The exported graphs say what torch says, at any shape, with one copy of the weights."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.numpy import load_file, save_file
from torch import nn

from octad import catalog
from octad.encoders.code import FEATURES, RELATIONS
from octad.engines import CORE, ENCODER
from octad.extensions.definition_use import COLUMNS, FAR, NEAR, SORTS
from octad.model import Model
from octad_train.compress.export import WEIGHTS, Flat, byte_ranges
from octad_train.train.finish import start_from
from tests import tiny
from tests.conftest import Stored

NAME = catalog.entries()[0].name
BIAS = "encoder.bias.weight"
Arrays = dict[str, np.ndarray]
SHAPES = [(1, 8), (3, 24), (2, 56), (5, 2)]


@pytest.fixture(scope="module")
def folder(stored: Stored) -> Path:
    return stored(NAME)


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    """The model in torch, with the weights as they are stored: in half precision."""
    made = tiny.model(catalog.load(NAME), folder.parent, seed=5)
    start_from(made, catalog.load(NAME), folder)
    return made.eval()


def texts(rows: int, tokens: int) -> Arrays:
    """Inputs of the graph of texts, some tokens of each row hidden."""
    rng = np.random.default_rng(rows * tokens)
    return {
        "vectors": rng.normal(size=(rows, tokens, tiny.WIDTH)).astype(np.float32),
        "mask": np.arange(tokens) < rng.integers(1, tokens + 1, (rows, 1)),
        "features": np.stack([rng.integers(0, n, (rows, tokens)) for n in FEATURES], -1).astype(np.uint8),
        "indicator": (rng.random((rows, RELATIONS, tokens, tokens)) < 0.1).astype(np.uint8),
    }


def items(rows: int, number: int) -> Arrays:
    """Inputs of the graph of the agent: states, and a few uses, at most one at an item."""
    rng = np.random.default_rng(rows * number)
    places = rng.choice(rows * number, size=rng.integers(1, rows * number), replace=False)
    at = np.stack([places // number, places % number, rng.integers(0, len(SORTS), len(places))], 1)
    features = np.stack([rng.integers(0, n, (len(at), NEAR + FAR)) for n in COLUMNS], -1).astype(np.uint8)
    features[:, 0, 0] = 1
    return {
        "vectors": rng.normal(size=(rows, number, tiny.WIDTH)).astype(np.float32),
        "mask": rng.random((rows, number)) < 0.9,
        "far": rng.normal(size=(len(at), FAR, tiny.WIDTH)).astype(np.float32),
        "uses": at.astype(np.int32),
        "near": rng.integers(0, number, (len(at), NEAR)).astype(np.int32),
        "pairs": features,
    }


def of_graph(path: Path, arrays: Arrays) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = session.run(None, arrays)
    return found


def of_torch(module: nn.Module, arrays: Arrays) -> list[np.ndarray]:
    with torch.inference_mode():
        outputs = Flat(module)({name: torch.from_numpy(array) for name, array in arrays.items()})
    return [tensor.numpy() for tensor in outputs]


def assert_equal(found: list[np.ndarray], expected: list[np.ndarray], kept: Any = slice(None)) -> None:
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one[kept], other[kept], rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_graph_of_texts_equals_torch(folder: Path, model: Model, shape: tuple[int, int]) -> None:
    arrays = texts(*shape)
    assert_equal(of_graph(folder / ENCODER, arrays), of_torch(model.encoder, arrays), arrays["mask"])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_graph_of_the_agent_equals_torch(folder: Path, model: Model, shape: tuple[int, int]) -> None:
    arrays = items(*shape)
    assert_equal(of_graph(folder / CORE, arrays), of_torch(model.core, arrays))


def test_graphs_read_the_weights_from_their_file(folder: Path, model: Model, tmp_path: Path) -> None:
    """The relation bias starts at zero: other weights in the file beside the graph change what it says."""
    tensors = load_file(folder / WEIGHTS)
    rng = np.random.default_rng(0)
    bias = rng.normal(size=tensors[BIAS].shape, scale=0.1).astype(np.float16)
    (tmp_path / ENCODER).write_bytes((folder / ENCODER).read_bytes())
    save_file(tensors | {BIAS: bias}, tmp_path / WEIGHTS)
    assert byte_ranges(tmp_path / WEIGHTS) == byte_ranges(folder / WEIGHTS)
    arrays = texts(2, 16)
    changed = deepcopy(model)
    changed.get_parameter(BIAS).data = torch.from_numpy(bias.astype(np.float32))
    before, expected = (of_torch(one.encoder, arrays) for one in (model, changed))
    found, mask = of_graph(tmp_path / ENCODER, arrays), arrays["mask"]
    assert np.abs(found[0] - before[0])[mask].max() > 1e-2
    assert_equal(found, expected, mask)


@pytest.mark.parametrize("name", [ENCODER, CORE])
def test_a_graph_holds_no_weights_of_its_own_and_no_paths(folder: Path, name: str) -> None:
    raw = (folder / name).read_bytes()
    graph = onnx.load_model_from_string(raw).graph
    names = {tensor.name for tensor in graph.initializer if tensor.external_data}
    largest = max((len(t.raw_data) for t in graph.initializer if t.name not in names), default=0)
    assert len(names) > 20 and largest <= 4096
    assert b"/octad/" not in raw and b"site-packages" not in raw


def test_byte_ranges_are_those_of_the_file(folder: Path) -> None:
    raw = (folder / WEIGHTS).read_bytes()
    for name, tensor in load_file(folder / WEIGHTS).items():
        start, length = byte_ranges(folder / WEIGHTS)[name]
        assert raw[start : start + length] == tensor.tobytes()


def test_what_is_learned_is_stored_in_half_precision_and_the_rest_as_it_is(
    folder: Path, model: Model
) -> None:
    held = load_file(folder / WEIGHTS)
    parts = {"encoder": model.encoder, "core": model.core}
    state = {
        f"{part}.{name}": tensor
        for part, module in parts.items()
        for name, tensor in module.state_dict(keep_vars=True).items()
    }
    assert set(held) == set(state)
    for name, tensor in state.items():
        kept = torch.zeros((), dtype=torch.float16 if isinstance(tensor, nn.Parameter) else tensor.dtype)
        assert held[name].dtype == kept.numpy().dtype, name
