"""A trained artefact: a directory whose manifest names every file by its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field

from octad.errors import ArtefactError
from octad.records.base import Record, reason_of

MANIFEST = "manifest.json"
FORMAT = 2
"""1 had one graph of texts and heads together; `python -m octad_train.convert` makes 2 of it, once."""


PIECES = ("pieces.safetensors", "tokenizer.json")
ENCODER = ("encoder.onnx", "weights.safetensors")
"""Files of a shared backbone: what makes word pieces of texts, and what reads these."""


class Golden(Record):
    """A case and what was answered to it when the artefact was stored, both as text in JSON."""

    case: str
    answer: str


class Measured(Record):
    """How many findings were shown at the stored threshold, and how many of them were right."""

    right: int
    shown: int


class Manifest(Record):
    """What an artefact is, what it was made from and how well it does.

    `backbone` names the folder of weights that holds the word pieces, `encoder` that which holds the graph of
    texts; each is empty where they lie in the artefact itself. `width` is that of their vectors.
    `temperatures` calibrate each head, with `offsets` of those that may say none, `priors` are the base rates
    of those that say yes or no, on held-out cases. `thresholds` hold the least probability per rule at which
    a finding is made, `diff_thresholds` those where a change is under review, none where they are the same; a
    rule without one makes no finding, and those in `rules_without_threshold` do when a user names a least
    probability.
    `precisions` are what held-out cases gave at the share of wrong code that is expected where it is used;
    `real` counts the findings of each rule on `real_cases` cases that nothing was injected into. `golden`
    shows whether it still answers as it did. `files` maps a name to its SHA-256.
    """

    format: int = FORMAT
    agent: str
    version: str
    backbone: str
    encoder: str = ""
    width: int
    outputs: dict[str, tuple[str, ...]]
    temperatures: dict[str, float] = Field(default_factory=dict)
    offsets: dict[str, float] = Field(default_factory=dict)
    priors: dict[str, float] = Field(default_factory=dict)
    thresholds: dict[str, float] = Field(default_factory=dict)
    diff_thresholds: dict[str, float] = Field(default_factory=dict)
    rules_without_threshold: tuple[str, ...] = ()
    precisions: dict[str, float] = Field(default_factory=dict)
    real: dict[str, Measured] = Field(default_factory=dict)
    real_cases: int = 0
    golden: Golden | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    data: dict[str, str] = Field(default_factory=dict)
    recipe: dict[str, str] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)


def shipped(name: str) -> Path:
    """The folder of weights that come with the package."""
    return Path(str(resources.files("octad"))) / "weights" / name


def is_shipped(name: str) -> bool:
    """Whether the package holds weights for an agent."""
    return (shipped(name) / MANIFEST).is_file()


def pieces_of(folder: Path, manifest: Manifest) -> Path:
    """Where the word pieces of an artefact lie; raises ArtefactError as `load` does where they are shared."""
    return load(manifest.backbone, files=PIECES)[0] if manifest.backbone else folder


def encoder_of(folder: Path, manifest: Manifest) -> Path:
    """Where the graph that reads texts lies; raises as `pieces_of` does."""
    return load(manifest.encoder, files=ENCODER)[0] if manifest.encoder else folder


def shared_version(manifest: Manifest) -> str:
    """A digest of the shared graph that reads texts, "" where the artefact has its own."""
    if not manifest.encoder:
        return ""
    _, shared = load(manifest.encoder, files=())
    return hashlib.sha256(repr(sorted(shared.files.items())).encode()).hexdigest()


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


def load(
    agent: str, folder: Path | None = None, files: Collection[str] | None = None
) -> tuple[Path, Manifest]:
    """Read and check the artefact of an agent in a folder, the shipped one by default.

    Of its files those that are named are checked, all by default: reading them costs time. Raises
    ArtefactError when it is missing, of another agent or format, or a file was changed.
    """
    folder = folder or shipped(agent)
    path = folder / MANIFEST
    hint = f"train it with `octad train {agent}`, or name another folder with --weights"
    try:
        if not path.is_file():
            raise ArtefactError(f"no weights for {agent} in {folder}", hint=hint)
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if raw.get("format") == 1 and raw.get("agent") == agent:
            raise ArtefactError(
                f"{path} is of format 1, this version reads format {FORMAT}",
                hint=f"train it again; `python -m octad_train.convert {folder} NEW` converts agents of code",
            )
        manifest = Manifest.model_validate(raw)
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        reason = reason_of(error) if isinstance(error, ValueError) else str(error)
        raise ArtefactError(f"{path} is not a manifest: {reason}", hint=hint) from error
    if manifest.agent != agent:
        raise ArtefactError(f"{folder} holds weights of {manifest.agent}, not of {agent}", hint=hint)
    if manifest.format != FORMAT:
        raise ArtefactError(f"{path} is of format {manifest.format}, not {FORMAT}", hint=hint)
    for name in manifest.files if files is None else files:
        file = folder / name
        if not file.is_file() or digest(file) != manifest.files.get(name):
            raise ArtefactError(f"{file} is missing or damaged", hint=hint)
    return folder, manifest
