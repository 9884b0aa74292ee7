"""The pins are those of the weights that are shipped, and the check sees where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.store.artefact import MANIFEST, Manifest, seal
from scripts import pin_weights


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights with its pins, in the place of those shipped."""
    folder = tmp_path / "weights" / "critic"
    folder.mkdir(parents=True)
    (folder / "core.bin").write_bytes(b"weights")
    seal(folder, Manifest(agent="critic", version="1", backbone="", width=4, outputs={}))
    monkeypatch.setattr(pin_weights, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(pin_weights, "PINS", tmp_path / "pinned.py")
    assert pin_weights.main([]) == 0
    return folder


def test_the_pins_of_the_package_are_those_of_its_weights() -> None:
    assert pin_weights.main(["--check"]) == 0


def test_what_was_written_is_checked(weights: Path) -> None:
    assert pin_weights.main(["--check"]) == 0
    found: dict[str, object] = {}
    exec(pin_weights.PINS.read_text(), found)
    assert found["PINNED"] == {*pin_weights.digests(weights.parent).values()}


def test_another_manifest_is_seen(weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (weights / MANIFEST).write_text((weights / MANIFEST).read_text().replace('"1"', '"2"'))
    assert pin_weights.main(["--check"]) == 1
    assert "run `python scripts/pin_weights.py`" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_another_file_is_seen_and_never_pinned(
    weights: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (weights / "core.bin").write_bytes(b"other")
    assert pin_weights.main(arguments) == 1
    assert "core.bin is missing or damaged" in capsys.readouterr().err
