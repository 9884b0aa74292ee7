"""The exported graph says what torch says, at any shape, with one copy of the weights."""

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

from octad import catalog
from octad.compress.export import ADDED, GRAPH, WEIGHTS, Flat, byte_ranges, export
from octad.modalities.code import FEATURES, RELATIONS
from octad.modalities.uses import COLUMNS, FAR, NEAR, SORTS
from octad.train.finish import start_from
from tests import tiny
from tests.conftest import Stored

NAME = catalog.entries()[0].name


@pytest.fixture(scope="module")
def folder(stored: Stored) -> Path:
    return stored(NAME)


@pytest.fixture(scope="module")
def core(folder: Path) -> Any:
    """The model in torch, with the weights as they are stored: in half precision."""
    model = tiny.model(catalog.load(NAME), folder.parent, seed=5)
    start_from(model, catalog.load(NAME), folder)
    return Flat(model.core).eval()


def inputs(rows: int, items: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(rows * items)
    mask = np.arange(items) < rng.integers(1, items + 1, (rows, 1))
    return {
        "vectors": rng.normal(size=(rows, items, tiny.WIDTH)).astype(np.float32),
        "features": np.stack([rng.integers(0, n, (rows, items)) for n in FEATURES], -1).astype(np.uint8),
        "mask": mask,
        "indicator": (rng.random((rows, RELATIONS, items, items)) < 0.1).astype(np.uint8),
        **uses(rng, rows, items),
    }


def uses(rng: np.random.Generator, rows: int, items: int) -> dict[str, np.ndarray]:
    """A few uses, at most one at an item."""
    places = rng.choice(rows * items, size=rng.integers(1, rows * items), replace=False)
    at = np.stack([places // items, places % items, rng.integers(0, len(SORTS), len(places))], 1)
    features = np.stack([rng.integers(0, n, (len(at), NEAR + FAR)) for n in COLUMNS], -1).astype(np.uint8)
    features[:, 0, 0] = 1
    return {
        "far": rng.normal(size=(len(at), FAR, tiny.WIDTH)).astype(np.float32),
        "uses": at.astype(np.int32),
        "near": rng.integers(0, items, (len(at), NEAR)).astype(np.int32),
        "meetings": features,
    }


@pytest.mark.parametrize("shape", [(1, 8), (3, 24), (2, 56), (5, 2)])
def test_graph_equals_torch(folder: Path, core: Any, shape: tuple[int, int]) -> None:
    session = onnxruntime.InferenceSession(str(folder / GRAPH), providers=["CPUExecutionProvider"])
    arrays = inputs(*shape)
    with torch.inference_mode():
        expected = core({name: torch.from_numpy(array) for name, array in arrays.items()})
    mask = arrays["mask"]
    for found, tensor in zip(session.run(None, arrays), expected, strict=True):
        assert found.shape == tensor.shape
        kept = mask if found.shape[:2] == mask.shape else slice(None)
        np.testing.assert_allclose(found[kept], tensor.numpy()[kept], rtol=2e-3, atol=2e-4)


def test_graph_reads_the_weights_from_their_file(folder: Path, core: Any, tmp_path: Path) -> None:
    """The relation bias starts at zero: other weights in the file beside the graph change what it says."""
    tensors = load_file(folder / WEIGHTS)
    rng = np.random.default_rng(0)
    bias = rng.normal(size=tensors["bias.weight"].shape, scale=0.1).astype(np.float16)
    (tmp_path / GRAPH).write_bytes((folder / GRAPH).read_bytes())
    save_file(tensors | {"bias.weight": bias}, tmp_path / WEIGHTS)
    assert byte_ranges(tmp_path / WEIGHTS) == byte_ranges(folder / WEIGHTS)
    arrays = inputs(2, 16)
    changed = deepcopy(core)
    changed.core.bias.weight.data = torch.from_numpy(bias.astype(np.float32))
    with torch.inference_mode():
        before, expected = (
            made({n: torch.from_numpy(a) for n, a in arrays.items()})[0] for made in (core, changed)
        )
    session = onnxruntime.InferenceSession(str(tmp_path / GRAPH), providers=["CPUExecutionProvider"])
    found, mask = session.run(None, arrays)[0], arrays["mask"]
    assert np.abs(found - before.numpy())[mask].max() > 1e-2
    np.testing.assert_allclose(found[mask], expected.numpy()[mask], rtol=2e-3, atol=2e-4)


def test_what_is_added_to_an_artefact_lies_beside_its_weights(
    folder: Path, core: Any, tmp_path: Path
) -> None:
    """The head that was trained later has a file of its own; the others are where they were, byte by byte."""
    agent, changed = catalog.load(NAME), deepcopy(core.core)
    tensors = load_file(folder / WEIGHTS)
    base = tmp_path / "base"
    base.mkdir()
    save_file({name: one for name, one in tensors.items() if "meeting" not in name}, base / WEIGHTS)
    with torch.no_grad():
        changed.meeting.near.weight += 1
    export(changed, agent.heads, tiny.WIDTH, tmp_path / "new", base=base)
    assert (tmp_path / "new" / WEIGHTS).read_bytes() == (base / WEIGHTS).read_bytes()
    assert {name.partition(".")[0] for name in load_file(tmp_path / "new" / ADDED)} == {"meeting"}
    arrays = inputs(2, 16)
    session = onnxruntime.InferenceSession(str(tmp_path / "new" / GRAPH), providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = Flat(changed.eval())({name: torch.from_numpy(array) for name, array in arrays.items()})
    found, mask = session.run(None, arrays)[-1], arrays["mask"]
    np.testing.assert_allclose(found[mask], expected[-1].numpy()[mask], rtol=2e-3, atol=2e-4)
    with torch.no_grad():
        changed.bias.weight += 1
    export(changed, agent.heads, tiny.WIDTH, tmp_path / "other", base=base)
    assert not (tmp_path / "other" / ADDED).exists()


def test_the_graph_holds_no_weights_of_its_own_and_no_paths(folder: Path) -> None:
    raw = (folder / GRAPH).read_bytes()
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
