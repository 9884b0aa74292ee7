"""ONNX Runtime says what torch says, text by text and case by case; a graph that cannot be read is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from octad import catalog
from octad.encoders.batch import token_batch
from octad.encoders.prepared import Prepared
from octad.engines import ENCODER, OnnxEngine, TorchEngine
from octad.errors import ArtefactError
from octad.runtime import Runner
from octad.store.piece_table import PieceTable
from octad_train.sources import source
from octad_train.train.finish import start_from
from tests import tiny
from tests.conftest import Stored
from tests.contract.agents import commit_kind


class Both(NamedTuple):
    """One artefact on both engines."""

    onnx: Runner[Any, Any]
    torch: Runner[Any, Any]
    cases: list[Any]

    def units(self) -> list[Prepared]:
        return [self.onnx.prepare(case) for case in self.cases]


@pytest.fixture(scope="module", params=[catalog.entries()[0].name, commit_kind.agent.name])
def both(request: pytest.FixtureRequest, stored: Stored) -> Both:
    """An agent that reads tokens of code, and one that reads texts; weights as they are stored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCTAD_AGENTS", str(Path(commit_kind.__file__).parent))
        agent, folder = catalog.load(request.param), stored(request.param)
    loaded = Runner.load(agent, folder, threads=1)
    model = tiny.model(agent, folder.parent, seed=5)
    start_from(model, agent, folder)
    table = PieceTable.load(folder)
    model.pieces.table.data = torch.from_numpy(table.rows(np.arange(len(table.values))))
    other = Runner(agent, loaded.manifest, loaded.pieces, TorchEngine(model.eval()))
    cases = [agent.example, *(case for case, _ in source(agent, "sample")(4))]
    return Both(loaded, other, cases)


def test_texts_have_the_same_states(both: Both) -> None:
    sequences = [one for unit in both.units() for one in unit.sequences]
    tokens = token_batch(sequences)
    found, expected = (runner.engine.encode(tokens) for runner in (both.onnx, both.torch))
    assert both.onnx.engine.width == both.torch.engine.width == found.shape[-1]
    np.testing.assert_allclose(found[tokens.mask], expected[tokens.mask], rtol=2e-3, atol=2e-3)


def test_cases_have_the_same_outputs(both: Both) -> None:
    batch = both.onnx.agent.collate(both.units())
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(*batch.mask.shape, both.onnx.engine.width)).astype(np.float32)
    found, expected = (runner.engine.decide(batch, vectors) for runner in (both.onnx, both.torch))
    assert set(found) == set(expected) >= set(both.onnx.agent.heads)
    for name, arrays in expected.items():
        for one, other in zip(found[name], arrays, strict=True):
            kept = batch.mask if one.shape[:2] == batch.mask.shape else ...
            np.testing.assert_allclose(one[kept], other[kept], rtol=2e-3, atol=2e-3)


def test_answers_are_the_same_from_the_text_to_the_probability(both: Both) -> None:
    units = both.units()
    for found, expected in zip(both.onnx.run(units), both.torch.run(units), strict=True):
        for name, arrays in expected.items():
            for one, other in zip(found[name], arrays, strict=True):
                np.testing.assert_allclose(one, other, rtol=5e-3, atol=5e-3)


def test_outputs_go_by_name_whatever_their_order_in_the_manifest(both: Both, stored: Stored) -> None:
    agent = both.onnx.agent
    folder = stored(agent.name)
    outputs = dict(reversed(both.onnx.manifest.outputs.items()))
    turned = OnnxEngine(folder, folder, PieceTable.load(folder), outputs, 1)
    unit = both.units()[0]
    (expected,) = both.onnx.run([unit])
    (found,) = Runner(agent, both.onnx.manifest, both.onnx.pieces, turned).run([unit])
    assert set(found) == set(expected)
    for name, arrays in expected.items():
        for one, other in zip(found[name], arrays, strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_graph_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ENCODER).write_bytes(b"no graph")
    table = PieceTable.quantise(np.ones((2, 2)))
    with pytest.raises(ArtefactError, match=r"encoder\.onnx is no graph"):
        OnnxEngine(tmp_path, tmp_path, table, {}, 1)
