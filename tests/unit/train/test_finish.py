from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from octad import catalog
from octad.errors import ArtefactError
from octad.runtime import Runner
from octad.store.artefact import load
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
