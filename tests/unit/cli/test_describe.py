"""`octad describe --verify` asks the golden case; weights of another format are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from octad import catalog
from octad.store.artefact import MANIFEST, load, seal
from tests.conftest import Stored

NAME = catalog.entries()[0].name
Octad = Callable[..., tuple[int, str, str]]


def test_sound_weights_are_said_to_be(octad: Octad, stored: Stored) -> None:
    code, out, _ = octad("describe", NAME, "--weights", str(stored(NAME)), "--verify")
    assert code == 0 and "stored case: answered" in out


def test_weights_that_answer_otherwise_are_refused_in_one_line(
    octad: Octad, stored: Stored, tmp_path: Path
) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in stored(NAME).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    _, manifest = load(NAME, folder)
    assert manifest.golden is not None
    other = manifest.golden.model_copy(update={"answer": "[]"})
    seal(folder, manifest.model_copy(update={"golden": other}))
    code, out, err = octad("describe", NAME, "--weights", str(folder), "--verify")
    assert code == 2 and "fields of a case" in out and "do not answer their golden case" in err
    # Saving the tiny checkpoint may draw a bar of its own on the same stream.
    assert sum(line.startswith("octad: error") for line in err.replace("\r", "\n").split("\n")) == 1


def test_weights_of_the_first_format_say_how_to_convert_them(octad: Octad, tmp_path: Path) -> None:
    held = {"agent": NAME, "format": 1, "version": "0.1.0", "backbone": "minilm", "outputs": {}}
    (tmp_path / MANIFEST).write_text(json.dumps(held))
    code, out, err = octad("describe", NAME, "--weights", str(tmp_path))
    assert code == 2 and "fields of a case" in out
    assert err == (
        f"octad: error: {tmp_path / MANIFEST} is of format 1, this version reads format 2; train it again; "
        f"`python -m octad_train.convert {tmp_path} NEW` converts agents of code\n"
    )


def test_an_example_is_a_case_that_the_agent_takes(octad: Octad) -> None:
    code, out, _ = octad("describe", NAME, "--example")
    agent = catalog.load(NAME)
    assert code == 0 and agent.case.model_validate_json(out) == agent.example
