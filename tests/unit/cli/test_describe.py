"""`octad describe --verify` asks the golden case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from octad import catalog
from octad.store.artefact import load, seal
from tests.conftest import Stored

NAME = catalog.entries()[0].name
Octad = Callable[..., tuple[int, str, str]]


def test_sound_weights_are_said_to_be(octad: Octad, stored: Stored) -> None:
    code, out, _ = octad("describe", NAME, "--weights", str(stored(NAME)), "--verify")
    assert code == 0 and "golden case: answered" in out


def test_weights_that_answer_otherwise_are_refused_in_one_line(
    octad: Octad, stored: Stored, tmp_path: Path
) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in stored(NAME).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    manifest = load(folder, NAME)
    assert manifest.golden is not None
    other = manifest.golden.model_copy(update={"answer": "[]"})
    seal(folder, manifest.model_copy(update={"golden": other}))
    code, out, err = octad("describe", NAME, "--weights", str(folder), "--verify")
    assert (code, out) == (2, "") and "do not answer their golden case" in err
    # Saving the tiny checkpoint may draw a bar of its own on the same stream.
    assert sum(line.startswith("octad: error") for line in err.replace("\r", "\n").split("\n")) == 1
