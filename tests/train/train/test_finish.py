from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from octad import catalog
from octad.agents.agent import Agent
from octad.engines import OnnxEngine
from octad.errors import ArtefactError
from octad.golden import verify
from octad.runtime import Runner
from octad.store.artefact import load, seal
from octad_train.compress.export import WEIGHTS
from octad_train.train.assemble import make_model, merge_adapters
from octad_train.train.finish import start_from
from tests import tiny
from tests.conftest import Stored

NAME = catalog.entries()[0].name


@pytest.fixture(scope="module")
def agent() -> Agent[Any, Any]:
    return catalog.load(NAME)


def test_training_starts_from_stored_weights(agent: Agent[Any, Any], stored: Stored) -> None:
    folder = stored(NAME)
    model = tiny.model(agent, folder.parent)
    other = tiny.model(agent, folder.parent, encoder="scratch", seed=3)
    start_from(other, agent, folder)
    for part in ("encoder", "core"):
        one, two = model.get_submodule(part).state_dict(), other.get_submodule(part).state_dict()
        torch.testing.assert_close(two, one, rtol=1e-3, atol=1e-4)


def test_weights_of_another_model_are_refused(agent: Agent[Any, Any], stored: Stored, tmp_path: Path) -> None:
    model = tiny.model(agent, tmp_path, encoder="recurrent")
    with pytest.raises(ArtefactError, match="are of another model"):
        start_from(model, agent, stored(NAME))


def test_the_artefact_says_how_it_was_made_and_needs_nothing_else(
    agent: Agent[Any, Any], stored: Stored
) -> None:
    _, manifest = load(NAME, stored(NAME))
    files = {"core.onnx", "encoder.onnx", "weights.safetensors", "pieces.safetensors", "tokenizer.json"}
    assert set(manifest.files) == files
    assert (manifest.backbone, manifest.encoder, manifest.width) == ("", "", tiny.WIDTH)
    assert manifest.recipe["encoder"] == "pretrained"
    assert set(manifest.temperatures) <= set(manifest.outputs) == set(agent.heads)
    assert manifest.thresholds == {}
    verify(Runner.load(agent, stored(NAME)))


def test_the_table_is_that_of_the_model_but_for_rounding(agent: Agent[Any, Any], stored: Stored) -> None:
    folder = stored(NAME)
    table = tiny.model(agent, folder.parent).pieces.table.detach().numpy()
    engine = Runner.load(agent, folder).engine
    assert isinstance(engine, OnnxEngine)
    rows = engine.table.rows(np.arange(len(table)))
    assert np.abs(rows - table).max() <= np.abs(table).max() / 127


def test_weights_from_before_a_head_was_there_do_without_it(
    agent: Agent[Any, Any], stored: Stored, tmp_path: Path
) -> None:
    """They answer nothing for it, and start a model whose new head and its extension stay as they are."""
    before = tmp_path / "before"
    (extension,) = agent.extensions
    (new,) = extension.heads
    shutil.copytree(stored(NAME), before)
    own = (f"core.heads.{new}.", f"core.extensions.{extension.name}.")
    kept = {name: one for name, one in load_file(before / WEIGHTS).items() if not name.startswith(own)}
    save_file(kept, before / WEIGHTS)
    _, manifest = load(NAME, stored(NAME))
    outputs = {name: held for name, held in manifest.outputs.items() if name != new}
    seal(before, manifest.model_copy(update={"outputs": outputs}))
    model = tiny.model(agent, tmp_path, seed=4)
    first = {name: one.clone() for name, one in model.state_dict().items()}
    start_from(model, agent, before)
    for name, tensor in model.state_dict().items():
        if not name.startswith("pieces."):
            assert (name in kept) is not name.startswith(own)
            expected = kept[name].float() if name in kept else first[name]
            torch.testing.assert_close(tensor, expected, msg=name)


def test_adapters_go_over_the_weights_of_an_artefact(
    agent: Agent[Any, Any], stored: Stored, tmp_path: Path
) -> None:
    model = make_model(agent, tiny.settings(tmp_path, adaptation="lora", seed=4))
    start_from(model, agent, stored(NAME))
    merge_adapters(model.encoder)
    state = model.state_dict()
    for name, tensor in load_file(stored(NAME) / WEIGHTS).items():
        torch.testing.assert_close(state[name], tensor.float(), msg=name)


def test_only_a_head_and_its_extension_learn_where_the_rest_is_held(
    agent: Agent[Any, Any], tmp_path: Path
) -> None:
    (extension,) = agent.extensions
    (task,) = extension.heads
    model = make_model(agent, tiny.settings(tmp_path, tasks=(task,), adaptation="heads"))
    learned = {".".join(name.split(".")[:3]) for name, p in model.named_parameters() if p.requires_grad}
    assert learned == {f"core.heads.{task}", f"core.extensions.{extension.name}"}
