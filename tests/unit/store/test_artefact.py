from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.errors import ArtefactError
from octad.store.artefact import (
    ENCODER,
    MANIFEST,
    PIECES,
    Manifest,
    encoder_of,
    is_shipped,
    load,
    pieces_of,
    seal,
    shared_version,
    shipped,
)

DRAFT = Manifest(
    agent="critic",
    version="1",
    backbone="",
    width=4,
    outputs={"b": ("x", "y"), "a": ("z",)},
    thresholds={"r": 0.5},
)
SHARED = DRAFT.model_copy(update={"agent": "texts"})
EMPTY = (2).to_bytes(8, "little") + b"{}"
"""A safetensors file of nothing."""
USER = DRAFT.model_copy(update={"backbone": "texts", "encoder": "texts"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "core.bin").write_bytes(b"weights")
    (tmp_path / "words.json").write_text("{}")
    seal(tmp_path, DRAFT)
    return tmp_path


def test_what_is_sealed_is_loaded(folder: Path) -> None:
    found, manifest = load("critic", folder)
    assert found == folder
    assert manifest.model_copy(update={"files": {}}) == DRAFT
    assert sorted(manifest.files) == ["core.bin", "words.json"]
    assert seal(folder, DRAFT) == manifest


def test_the_manifest_is_the_same_for_the_same_files(folder: Path) -> None:
    first = (folder / MANIFEST).read_bytes()
    seal(folder, DRAFT)
    assert (folder / MANIFEST).read_bytes() == first


def rewrite(folder: Path, **changes: object) -> None:
    raw = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(raw | changes))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "core.bin").write_bytes(b"weightS"), "core.bin is missing or damaged"),
        (lambda f: (f / "core.bin").unlink(), "core.bin is missing or damaged"),
        (lambda f: (f / MANIFEST).unlink(), "no weights for critic"),
        (lambda f: (f / MANIFEST).write_text("{"), "is not a manifest"),
        (lambda f: rewrite(f, unknown=1), "is not a manifest"),
        (lambda f: rewrite(f, format=99), "is of format 99, not 2"),
        (lambda f: rewrite(f, format=1, agent="other"), "holds weights of other, not of critic"),
        (lambda f: rewrite(f, agent="other"), "holds weights of other, not of critic"),
    ],
)
def test_damage_is_named_with_a_way_out(folder: Path, damage: Callable[[Path], object], message: str) -> None:
    damage(folder)
    with pytest.raises(ArtefactError, match=message) as caught:
        load("critic", folder)
    assert "octad train critic" in str(caught.value.hint)


def test_shipped_weights_lie_in_the_package() -> None:
    assert shipped("critic").parts[-3:] == ("octad", "weights", "critic")
    assert not is_shipped("critic")


def test_the_format_before_is_named_with_how_to_make_it_the_new_one(folder: Path) -> None:
    rewrite(folder, format=1)
    with pytest.raises(ArtefactError, match="is of format 1, this version reads format 2") as caught:
        load("critic", folder)
    assert "octad_train.convert" in str(caught.value.hint)


def test_the_model_card_is_prose_and_may_change(folder: Path) -> None:
    (folder / "CARD.md").write_text("about")
    _, manifest = load("critic", folder)
    assert seal(folder, DRAFT) == manifest


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the weights of the package; it holds the parts that agents share."""
    package = tmp_path / "package"
    (package / "texts").mkdir(parents=True)
    for name in (*PIECES, *ENCODER):
        (package / "texts" / name).write_bytes(EMPTY if name.endswith(".safetensors") else name.encode())
    seal(package / "texts", SHARED)
    monkeypatch.setattr("octad.store.artefact.shipped", lambda name: package / name)
    pin(package, monkeypatch)
    return package


def pin(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the texts of the package be those that this version came with."""
    found = hashlib.sha256((package / "texts" / MANIFEST).read_bytes()).hexdigest()
    monkeypatch.setattr("octad.store.artefact.PINNED", frozenset({found}))


def test_parts_lie_in_the_artefact_or_with_the_package(folder: Path, package: Path) -> None:
    assert pieces_of(folder, DRAFT) == encoder_of(folder, DRAFT) == folder
    assert pieces_of(folder, USER) == encoder_of(folder, USER) == package / "texts"
    assert shared_version(DRAFT) == ""


def test_of_shared_parts_those_that_are_read_are_checked(folder: Path, package: Path) -> None:
    (package / "texts" / ENCODER[0]).write_text("damaged")
    assert pieces_of(folder, USER) == package / "texts"
    with pytest.raises(ArtefactError, match="missing or damaged"):
        encoder_of(folder, USER)
    (package / "texts" / PIECES[0]).unlink()
    with pytest.raises(ArtefactError, match="missing or damaged"):
        pieces_of(folder, USER)
    with pytest.raises(ArtefactError, match="missing or damaged"):
        load("texts", files=["never sealed"])


def test_the_version_of_a_shared_graph_is_that_of_its_files(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for weights in ("one", "two", "one"):
        (package / "texts" / ENCODER[0]).write_text(weights)
        seal(package / "texts", SHARED)
        pin(package, monkeypatch)
        found.append(shared_version(USER))
    assert found[0] == found[2] != found[1] and all(found)
