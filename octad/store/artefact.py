"""A trained artefact: a directory whose manifest names every file by its digest."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field

from octad.errors import ArtefactError
from octad.records.base import Record

MANIFEST = "manifest.json"
FORMAT = 1


class Golden(Record):
    """A case and what was answered to it when the artefact was stored, both as text in JSON."""

    case: str
    answer: str


class Manifest(Record):
    """What an artefact is, what it was made from and how well it does.

    `backbone` names the folder of weights that holds the word pieces, empty where they lie in the artefact
    itself; `width` is that of their vectors. `temperatures` calibrate each head, with `offsets` of those that
    may say none, `priors` are the base
    rates of its training where it has one, `thresholds` hold the least
    probability per rule at which a finding is made; a rule without one is silent, and those in `silent`
    speak when a user names a least probability. `changes` are the thresholds where a change is under
    review, none where they are the same. `golden` shows whether it still answers as it did. `files` maps a
    name to its SHA-256.
    """

    format: int = FORMAT
    agent: str
    version: str
    backbone: str
    width: int
    outputs: dict[str, tuple[str, ...]]
    temperatures: dict[str, float] = Field(default_factory=dict)
    offsets: dict[str, float] = Field(default_factory=dict)
    priors: dict[str, float] = Field(default_factory=dict)
    thresholds: dict[str, float] = Field(default_factory=dict)
    changes: dict[str, float] = Field(default_factory=dict)
    silent: tuple[str, ...] = ()
    precisions: dict[str, float] = Field(default_factory=dict)
    golden: Golden | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    data: dict[str, str] = Field(default_factory=dict)
    recipe: dict[str, str] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)


def shipped(agent: str) -> Path:
    """The folder of the weights that come with the package."""
    return Path(str(resources.files("octad"))) / "weights" / agent


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest over everything in the folder but the model card, which is prose."""
    files = {
        p.name: digest(p)
        for p in sorted(folder.iterdir())
        if p.is_file() and p.name != MANIFEST and p.suffix != ".md"
    }
    sealed = manifest.model_copy(update={"files": files})
    text = json.dumps(sealed.model_dump(mode="json"), indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return sealed


def load(folder: Path, agent: str) -> Manifest:
    """Read and check an artefact.

    Raises ArtefactError when it is missing, of another agent or format, or a file was changed.
    """
    path = folder / MANIFEST
    hint = f"train it with `octad train {agent}`, or name another folder with --weights"
    if not path.is_file():
        raise ArtefactError(f"no weights for {agent} in {folder}", hint=hint)
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest.model_validate(raw)
    except ValueError as error:
        raise ArtefactError(f"{path} is not a manifest: {str(error).splitlines()[0]}", hint=hint) from error
    if manifest.format != FORMAT or manifest.agent != agent:
        found = f"format {manifest.format} of {manifest.agent}"
        raise ArtefactError(f"{path} is {found}, not format {FORMAT} of {agent}", hint=hint)
    for name, expected in manifest.files.items():
        file = folder / name
        if not file.is_file() or digest(file) != expected:
            raise ArtefactError(f"{file} is missing or damaged", hint=hint)
    return manifest
