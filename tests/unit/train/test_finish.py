from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from octad import catalog
from octad.compress.export import WEIGHTS
from octad.errors import ArtefactError
from octad.runtime import Runner
from octad.store.artefact import load, seal
from octad.train.assemble import make_model
from octad.train.finish import start_from
from tests import tiny
from tests.conftest import Stored

NAME = catalog.entries()[0].name


def test_training_starts_from_stored_weights(stored: Stored) -> None:
    agent, folder = catalog.load(NAME), stored(NAME)
    model, other = (
        tiny.model(agent, folder.parent),
        tiny.model(agent, folder.parent, encoder="scratch", seed=3),
    )
    start_from(other, agent, folder)
    for (name, one), two in zip(model.core.named_parameters(), other.core.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4, msg=name)


def test_weights_of_another_model_are_refused(stored: Stored, tmp_path: Path) -> None:
    agent = catalog.load(NAME)
    model = tiny.model(agent, tmp_path, encoder="recurrent")
    with pytest.raises(ArtefactError, match="are of another model"):
        start_from(model, agent, stored(NAME))


def test_the_artefact_tells_how_it_was_made_and_needs_nothing_else(stored: Stored) -> None:
    manifest = load(stored(NAME), NAME)
    assert {"core.onnx", "core.safetensors", "pieces.safetensors", "tokenizer.json"} == set(manifest.files)
    assert manifest.width == tiny.WIDTH and manifest.recipe["encoder"] == "pretrained"
    assert set(manifest.temperatures) == set(manifest.outputs) == set(catalog.load(NAME).heads)
    assert manifest.thresholds == {}


def test_the_table_is_that_of_the_model_but_for_rounding(stored: Stored) -> None:
    agent, folder = catalog.load(NAME), stored(NAME)
    table = tiny.model(agent, folder.parent).pieces.table.detach().numpy()
    runner = Runner.load(agent, folder)
    rows = runner.engine.table.rows(np.arange(len(table)))
    assert np.abs(rows - table).max() <= np.abs(table).max() / 127


def test_weights_from_before_a_head_was_there_do_without_it(stored: Stored, tmp_path: Path) -> None:
    """They start a model, whose new head stays as it is."""
    agent, before = catalog.load(NAME), tmp_path / "before"
    (new,) = agent.fusion.met
    shutil.copytree(stored(NAME), before)
    kept = {
        k: v for k, v in load_file(before / WEIGHTS).items() if not k.startswith((f"heads.{new}", "meeting"))
    }
    save_file(kept, before / WEIGHTS)
    manifest = load(stored(NAME), NAME)
    outputs = {name: held for name, held in manifest.outputs.items() if name != new}
    seal(before, manifest.model_copy(update={"outputs": outputs}))
    model = tiny.model(agent, tmp_path, seed=4)
    own = {k: v.clone() for k, v in model.core.state_dict().items()}
    start_from(model, agent, before)
    for name, tensor in model.core.state_dict().items():
        expected = kept[name].float() if name in kept else own[name]
        torch.testing.assert_close(tensor, expected, msg=name)


def test_what_is_held_does_not_learn(tmp_path: Path) -> None:
    agent = catalog.load(NAME)
    (task,) = agent.fusion.met
    model = make_model(agent, tiny.settings(tmp_path, tasks=(task,), adaptation="heads"))
    learned = {name.split(".")[1] for name, p in model.core.named_parameters("core") if p.requires_grad}
    assert learned == {"heads", "meeting"}
    assert all(
        f"heads.{task}." in name
        for name, p in model.named_parameters()
        if p.requires_grad and "heads" in name
    )
