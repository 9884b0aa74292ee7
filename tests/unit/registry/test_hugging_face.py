"""A folder as the hub has them: what its own library reads, and back into a registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from octad import catalog
from octad.errors import ArtefactError, OutputError
from octad.registry import hugging_face
from octad.registry.base import SHIPPED
from octad.registry.local import LocalRegistry
from octad.runtime import Runner
from octad.store.artefact import load, shipped
from tests.unit.registry.artefacts import AGENT, made
from tests.unit.registry.contract import CAME


@pytest.fixture
def registry(tmp_path: Path) -> LocalRegistry:
    return LocalRegistry(tmp_path / "held")


@pytest.fixture
def folder(registry: LocalRegistry, tmp_path: Path) -> Path:
    """A version as a folder of the hub."""
    version = registry.put(made(tmp_path / "a"))
    held, _ = registry.get(AGENT, version.digest)
    assert held is not None
    hugging_face.export(held, version, tmp_path / "hub")
    return tmp_path / "hub"


def test_a_version_comes_back_as_it_was(registry: LocalRegistry, folder: Path, tmp_path: Path) -> None:
    other = LocalRegistry(tmp_path / "other")
    (folder / ".gitattributes").write_text("*.safetensors filter=lfs")
    (folder / ".cache").mkdir()
    with hugging_face.imported(folder) as held:
        found = other.put(held)
    assert found.digest == registry.versions(AGENT)[0].digest
    path, _ = other.get(AGENT, found.digest)
    assert path is not None and load(AGENT, path)


def test_its_card_and_configuration_say_what_it_is(registry: LocalRegistry, folder: Path) -> None:
    version = registry.versions(AGENT)[0]
    config = json.loads((folder / "config.json").read_text())
    assert (config["model_type"], config["agent"], config["digest"]) == ("octad", AGENT, version.digest)
    _, front, prose = (folder / "README.md").read_text().split("---\n")
    held = yaml.safe_load(front)
    assert held["library_name"] == "octad" and AGENT in held["tags"]
    assert held["model-index"][0]["results"][0]["metrics"][0]["value"] == 0.5
    assert prose.strip() == "A card."


def test_the_library_of_the_hub_reads_them(folder: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    card = hub.ModelCard.load(folder / "README.md")
    assert card.data.library_name == "octad"
    assert [(one.metric_type, one.metric_value) for one in card.data.eval_results] == [("auc", 0.5)]


def test_shipped_weights_still_answer_when_they_come_back(tmp_path: Path) -> None:
    registry = LocalRegistry(tmp_path / "held")
    version = registry.get(CAME, SHIPPED)[1]
    hugging_face.export(shipped(CAME), version, tmp_path / "hub")
    with hugging_face.imported(tmp_path / "hub") as held:
        Runner.load(catalog.load(CAME), held)
        assert registry.put(held).digest == version.digest
    assert (tmp_path / "hub" / "README.md").read_text().startswith("---\nlibrary_name: octad\n")


def test_a_folder_that_is_there_stays_as_it_is(registry: LocalRegistry, folder: Path) -> None:
    version = registry.versions(AGENT)[0]
    held, _ = registry.get(AGENT, version.digest)
    assert held is not None
    with pytest.raises(OutputError):
        hugging_face.export(held, version, folder)


ATTACKS: dict[str, Callable[[Path], object]] = {
    "a pickle": lambda folder: (folder / "pytorch_model.bin").write_bytes(b"\x80\x04"),
    "code": lambda folder: (folder / "modeling_octad.py").write_text("import os"),
    "a folder": lambda folder: (folder / "onnx").mkdir(),
    "a link": lambda folder: (
        (folder / "weights.safetensors").unlink()
        or (folder / "weights.safetensors").symlink_to("/etc/passwd")
    ),
    "other weights": lambda folder: (folder / "weights.safetensors").write_bytes(bytes(8) + b"{}"),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_does_not_belong_there_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    ATTACKS[name](folder)
    other = LocalRegistry(tmp_path / "other")
    with pytest.raises(ArtefactError) as caught, hugging_face.imported(folder) as held:
        other.put(held)
    assert "\n" not in str(caught.value)
    assert not other.versions(AGENT)
