"""The graph of texts that agents share: written once, read by every agent that trains no backbone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from octad.engines import CORE, ENCODER, OnnxEngine
from octad.golden import verify
from octad.model import Model
from octad.runtime import Runner
from octad.store.artefact import load, shared_version
from octad.store.piece_table import PieceTable
from octad_train import backbone
from octad_train.compress.export import WEIGHTS
from octad_train.train.assemble import make_model, make_pieces, runner_of
from octad_train.train.finish import SHARED, start_from, store
from tests import tiny
from tests.contract.agents.commit_kind import agent, sample
from tests.train.conftest import Shared, stand_in

CASES = [case for case, _ in sample(agent, 5)]


@pytest.fixture(scope="module")
def weights(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Model]:
    """An agent whose backbone is frozen, stored, and the model that was stored."""
    folder = tmp_path_factory.mktemp("frozen")
    with pytest.MonkeyPatch.context() as patch:
        stand_in(shared, patch)
        settings = tiny.settings(folder, backbone="embedded")
        model = make_model(agent, settings).eval()
        store(agent, model, sample(agent, 12), settings, folder / "weights")
    return folder / "weights", model


def test_it_is_an_artefact_of_texts_alone(shared: Shared, package: Path) -> None:
    folder, manifest = load(SHARED)
    assert folder == package / SHARED
    assert set(manifest.files) == {ENCODER, WEIGHTS, "pieces.safetensors", "tokenizer.json"}
    assert (manifest.width, manifest.outputs, manifest.backbone) == (tiny.WIDTH, {}, "")
    assert (folder / "tokenizer.json").read_bytes() == (shared[0] / "tokenizer.json").read_bytes()


def test_a_frozen_agent_reads_texts_with_it(weights: tuple[Path, Model], package: Path) -> None:
    folder, model = weights
    _, manifest = load(agent.name, folder)
    assert (manifest.backbone, manifest.encoder) == (SHARED, SHARED)
    assert set(manifest.files) == {CORE, WEIGHTS}
    assert {name.partition(".")[0] for name in load_file(folder / WEIGHTS)} == {"core"}
    assert manifest.outputs == {"kind": ("classes",), "gates": ("gates",)}
    stored = Runner.load(agent, folder)
    verify(stored)
    trained = runner_of(agent, model, make_pieces(tiny.settings(folder.parent, backbone="embedded")))
    units = [stored.prepare(case) for case in CASES]
    for found, expected in zip(stored.run(units), trained.run(units), strict=True):
        np.testing.assert_allclose(found["kind"][0], expected["kind"][0], rtol=0.05, atol=0.05)


def test_its_graph_is_that_of_the_checkpoint(weights: tuple[Path, Model], package: Path) -> None:
    """The states of a text, from the pieces of the table that lies beside the graph."""
    folder, model = weights
    runner = Runner.load(agent, folder)
    engine = runner.engine
    assert isinstance(engine, OnnxEngine)
    table = PieceTable.load(package / SHARED)
    np.testing.assert_array_equal(engine.table.values, table.values)
    sequences = [one for case in CASES for one in runner.prepare(case).sequences]
    for one, states in zip(sequences, runner.states(sequences), strict=True):
        vectors = torch.from_numpy(table.means(one.pieces, one.starts))[None]
        with torch.inference_mode():
            expected = model.encoder(vectors, torch.ones(1, len(one), dtype=torch.bool))
        np.testing.assert_allclose(states[0], expected[0].mean(0).numpy(), rtol=1e-2, atol=1e-2)


def test_states_are_of_the_backbone_and_not_of_the_agent(weights: tuple[Path, Model], package: Path) -> None:
    """Agents that share a graph share what they remember of texts."""
    _, manifest = load(agent.name, weights[0])
    version = shared_version(manifest)
    assert version and version == Runner.load(agent, weights[0]).states.version
    assert version == shared_version(manifest.model_copy(update={"agent": "other", "files": {}}))
    assert shared_version(manifest.model_copy(update={"encoder": ""})) == ""


def test_training_goes_on_over_the_backbone_of_the_package(
    weights: tuple[Path, Model], package: Path, tmp_path: Path
) -> None:
    folder, model = weights
    other = make_model(agent, tiny.settings(tmp_path, backbone="embedded", seed=4))
    start_from(other, agent, folder)
    for part in ("encoder", "core"):
        one, two = (made.get_submodule(part).state_dict() for made in (model, other))
        torch.testing.assert_close(two, one, rtol=1e-3, atol=1e-4)


def test_the_command_line_names_folder_and_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(backbone, "write", lambda *named: asked.append(named))
    assert backbone.main([str(tmp_path)]) == 0
    assert backbone.main([str(tmp_path), "--from", "elsewhere"]) == 0
    assert asked == [("embedded", tmp_path), ("elsewhere", tmp_path)]
