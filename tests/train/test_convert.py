"""Weights of the format before become an artefact of this one, which answers the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from octad import catalog
from octad.engines import CORE, ENCODER
from octad.errors import ArtefactError
from octad.golden import verify
from octad.model import Model
from octad.nn.relations import RelationBias
from octad.runtime import Runner
from octad.store.artefact import FORMAT, MANIFEST, load
from octad_train import convert
from octad_train.compress.export import WEIGHTS
from octad_train.train.assemble import make_pieces, runner_of
from octad_train.train.finish import SHARED
from tests import tiny
from tests.train.conftest import Shared, stand_in

AGENTS = [catalog.load(entry.name) for entry in catalog.entries()]
ONE_STREAM = next(agent for agent in AGENTS if not agent.fusion.joins)
JOINED = next(agent for agent in AGENTS if agent.fusion.joins)
BEFORE = (
    (r"^encoder\.backbone\.", "encoder."),
    (r"^encoder\.(features|bias)\.", r"\1."),
    (r"^core\.extensions\.definition_use\.", "meeting."),
    (r"^core\.heads\.", "heads."),
)
"""Names of weights of today, and what they were called."""
GONE = "gone"
"""A head of the weights that the agent no longer has."""


@pytest.fixture(scope="module")
def patched(shared: Shared) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        stand_in(shared, patch)
        yield patch


@pytest.fixture(scope="module")
def model(patched: Any, tmp_path_factory: pytest.TempPathFactory) -> Model:
    made = tiny.model(ONE_STREAM, tmp_path_factory.mktemp("model"), backbone="embedded")
    torch.manual_seed(1)
    for module in made.modules():
        if isinstance(module, RelationBias):
            module.weight.detach().normal_(std=0.02)
    return made


def name_before(name: str) -> str:
    for pattern, old in BEFORE:
        if re.match(pattern, name):
            return re.sub(pattern, old, name)
    return name


def write(folder: Path, model: Model, keep: Callable[[str], bool] = lambda name: True, **fields: Any) -> Path:
    """An artefact of format 1: one file of weights, and one with what was added later."""
    folder.mkdir()
    state = {
        name_before(name): tensor.half().contiguous()
        for name, tensor in model.state_dict().items()
        if not name.startswith("pieces.")
    }
    state[f"heads.{GONE}.weight"] = torch.zeros(3)
    later = {name for name in state if name.startswith(("meeting.", "heads.uses."))}
    kept = {name: tensor for name, tensor in state.items() if keep(name)}
    save_file({name: one for name, one in kept.items() if name not in later}, folder / "core.safetensors")
    save_file({name: one for name, one in kept.items() if name in later}, folder / "added.safetensors")
    heads = {name: list(head.outputs) for name, head in ONE_STREAM.heads.items()}
    held = {
        "format": 1, "agent": ONE_STREAM.name, "version": "0.1.0", "backbone": SHARED, "width": tiny.WIDTH,
        "outputs": {**heads, GONE: ["classes"]}, "temperatures": {**dict.fromkeys(heads, 1.5), GONE: 4.0},
        "offsets": {GONE: 1.0}, "thresholds": {"bug/missing-not": 0.8}, "changes": {"bug/missing-not": 0.7},
        "silent": ["bug/wrong-literal"], "metrics": {"bug/joint": 0.6, f"{GONE}/accuracy": 0.9},
        "golden": {"case": "{}", "answer": "[]"}, "recipe": {"program": "then"}, "files": {},
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(held | fields))
    return folder


@pytest.fixture(scope="module")
def converted(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("converted")
    old = write(folder / "old", model)
    assert convert.main([str(old), str(folder / "new")]) == 0
    return folder / "new"


def test_it_answers_as_the_weights_did(converted: Path, model: Model) -> None:
    runner = Runner.load(ONE_STREAM, converted)
    verify(runner)
    before = runner_of(ONE_STREAM, model, make_pieces(tiny.settings(converted.parent, backbone="embedded")))
    unit = runner.prepare(ONE_STREAM.example)
    (found,), (expected,) = runner.run([unit]), before.run([unit])
    assert set(found) == set(ONE_STREAM.heads)
    for name in ONE_STREAM.heads:
        for one, other in zip(found[name], expected[name], strict=True):
            np.testing.assert_allclose(one, other, rtol=0.05, atol=0.05)


def test_the_manifest_says_what_it_said_but_for_heads_that_are_gone(converted: Path) -> None:
    _, manifest = load(ONE_STREAM.name, converted)
    assert (manifest.format, manifest.backbone, manifest.encoder) == (FORMAT, SHARED, "")
    assert set(manifest.files) == {CORE, ENCODER, WEIGHTS}
    assert set(manifest.outputs) == set(manifest.temperatures) == set(ONE_STREAM.heads)
    assert set(manifest.temperatures.values()) == {1.5} and manifest.offsets == {}
    assert manifest.thresholds == {"bug/missing-not": 0.8}
    assert manifest.diff_thresholds == {"bug/missing-not": 0.7}
    assert manifest.rules_without_threshold == ("bug/wrong-literal",)
    assert manifest.metrics == {"bug/joint": 0.6} and manifest.recipe == {"program": "then"}


def test_every_weight_of_today_had_a_name(model: Model) -> None:
    for name in model.state_dict():
        assert convert.renamed(name_before(name)) == name
    assert convert.renamed("heads.bug.edit.weight") == "core.heads.bug.edit.weight"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"format": FORMAT}, f"is of format {FORMAT}, not 1"),
        ({"agent": JOINED.name}, f"weights of {JOINED.name} of format 1 cannot be converted"),
    ],
)
def test_what_cannot_be_converted_is_refused(
    model: Model, tmp_path: Path, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ArtefactError, match=reason) as refused:
        convert.convert(write(tmp_path / "old", model, **fields), tmp_path / "new")
    assert refused.value.hint
    assert not (tmp_path / "new").exists()


def test_weights_that_lack_something_are_refused(model: Model, tmp_path: Path) -> None:
    old = write(tmp_path / "old", model, keep=lambda name: "heads.bug" not in name)
    with pytest.raises(ArtefactError, match=r"the weights lack core\.heads\.bug\."):
        convert.convert(old, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "no manifest in"),
        ("", "no manifest in"),
        ("no JSON", "no manifest in"),
        ('{"format": 1, "agent": "nobody"}', "there is no agent 'nobody'"),
    ],
)
def test_the_command_line_says_what_is_wrong(
    tmp_path: Path, text: str | None, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / MANIFEST).write_text(text)
    assert convert.main([str(tmp_path), str(tmp_path / "new")]) == 2
    error = capsys.readouterr().err
    assert reason in error and error.count("\n") == 1


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="is there already"):
        convert.convert(tmp_path, tmp_path)


@pytest.mark.parametrize("text", ['{"format": 1}', '{"format": 1, "agent": 5}'])
def test_a_manifest_that_says_too_little_leaves_nothing_behind(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(ArtefactError):
        convert.convert(tmp_path, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]
