from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.errors import ArtefactError
from octad.store.artefact import MANIFEST, Manifest, load, seal, shipped

DRAFT = Manifest(
    agent="critic",
    version="1",
    backbone="",
    width=4,
    outputs={"b": ("x", "y"), "a": ("z",)},
    thresholds={"r": 0.5},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "core.bin").write_bytes(b"weights")
    (tmp_path / "words.json").write_text("{}")
    seal(tmp_path, DRAFT)
    return tmp_path


def test_what_is_sealed_is_loaded(folder: Path) -> None:
    manifest = load(folder, "critic")
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
        (lambda f: rewrite(f, format=99), "format 99 of critic"),
        (lambda f: rewrite(f, agent="other"), "of other, not format 1 of critic"),
    ],
)
def test_damage_is_named_with_a_way_out(folder: Path, damage: Callable[[Path], object], message: str) -> None:
    damage(folder)
    with pytest.raises(ArtefactError, match=message) as caught:
        load(folder, "critic")
    assert "octad train critic" in str(caught.value.hint)


def test_shipped_weights_lie_in_the_package() -> None:
    assert shipped("critic").parts[-3:] == ("octad", "weights", "critic")
