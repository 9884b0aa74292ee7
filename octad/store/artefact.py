"""A trained artefact: a directory whose manifest names every file by its digest.

Digests tell only that a folder is as its manifest says. Those that come with the package are therefore pinned
in it, and of every other all is bounded that is read: sizes, names, numbers, headers.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from octad.errors import ArtefactError, OctadError, UnreadableInput, first_line
from octad.host.files import listed, opened, read_bytes
from octad.host.whole_file import replace
from octad.records.base import Record, reason_of
from octad.store.pinned import PINNED
from octad.store.tensors import LARGEST, check_header

MANIFEST = "manifest.json"
FORMAT = 2
"""1 had one graph of texts and heads together; `python -m octad_train.convert` makes 2 of it, once."""

PIECES = ("pieces.safetensors", "tokenizer.json")
ENCODER = ("encoder.onnx", "weights.safetensors")
"""Files of a shared backbone: what makes word pieces of texts, and what reads these."""
CORE = ("core.onnx", "weights.safetensors")
"""Files of every agent; those of the backbone lie beside them where it is the agent's own."""
CARDS = ("CARD.md", "README.md", "card.md")
"""A model card is prose, and may change."""
LARGEST_MANIFEST = 1 << 20
"""Bytes of a manifest; the largest shipped has 18,000."""
LARGEST_CASE = 1 << 18
"""Characters of a golden case, and of the answer to it."""
DAMAGED = "install them again, or train them again"
REINSTALL = "install octad again; after a change on purpose: `python scripts/pin_weights.py`"

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""A folder beside others."""
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Temperature = Annotated[float, Field(ge=1e-3, le=1e3, allow_inf_nan=False)]
Offset = Annotated[float, Field(ge=-1e3, le=1e3, allow_inf_nan=False)]
Figure = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]


class Golden(Record):
    """A case and what was answered to it when the artefact was stored, both as text in JSON."""

    case: str = Field(max_length=LARGEST_CASE)
    answer: str = Field(max_length=LARGEST_CASE)


class Measured(Record):
    """How many findings were shown at the stored threshold, and how many of them were right."""

    right: Count
    shown: Count

    @model_validator(mode="after")
    def _no_more_right_than_shown(self) -> Self:
        if self.right > self.shown:
            raise ValueError(f"{self.right} right of {self.shown} shown")
        return self


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

    format: Count = FORMAT
    agent: Name
    version: Label
    backbone: Name | Literal[""]
    encoder: Name | Literal[""] = ""
    width: int = Field(ge=0, le=1 << 16)
    outputs: dict[Label, tuple[Label, ...]]
    temperatures: dict[Label, Temperature] = Field(default_factory=dict)
    offsets: dict[Label, Offset] = Field(default_factory=dict)
    priors: dict[Label, Share] = Field(default_factory=dict)
    thresholds: dict[Label, Share] = Field(default_factory=dict)
    diff_thresholds: dict[Label, Share] = Field(default_factory=dict)
    rules_without_threshold: tuple[Label, ...] = ()
    precisions: dict[Label, Share] = Field(default_factory=dict)
    real: dict[Label, Measured] = Field(default_factory=dict)
    real_cases: Count = 0
    golden: Golden | None = None
    metrics: dict[Label, Figure] = Field(default_factory=dict)
    data: dict[str, str] = Field(default_factory=dict)
    recipe: dict[str, str] = Field(default_factory=dict)
    files: dict[FileName, Digest] = Field(default_factory=dict)


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


def agent_files(manifest: Manifest) -> set[str]:
    """The files of an agent's artefact, by what its manifest says of its backbone."""
    own = (CORE, () if manifest.backbone else PIECES, () if manifest.encoder else ENCODER)
    return {name for names in own for name in names}


def require_files(folder: Path, manifest: Manifest, names: Collection[str]) -> None:
    """Raise ArtefactError unless an artefact is of exactly the files that its kind has."""
    if odd := sorted(manifest.files.keys() ^ set(names)):
        what = "lacks" if odd[0] in names else "holds more than it should:"
        raise ArtefactError(f"{folder} {what} {odd[0]}", hint=DAMAGED)


@contextmanager
def loading(folder: Path | str) -> Iterator[None]:
    """The one boundary of loading: whatever goes wrong within becomes one ArtefactError.

    Libraries in Rust panic with what is no Exception; only what stops a program passes.
    """
    try:
        yield
    except UnreadableInput as error:
        raise ArtefactError(
            f"the weights in {folder} cannot be loaded: {error.message}", hint=DAMAGED
        ) from error
    except (OctadError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise ArtefactError(
            f"the weights in {folder} cannot be loaded: {first_line(error)}", hint=DAMAGED
        ) from error


def digest(path: Path) -> str:
    """SHA-256 of a regular file; raises UnreadableInput."""
    with opened(path, LARGEST, follow=False) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(folder: Path) -> str:
    """What tells an artefact from all others: SHA-256 of its manifest, which names its files by theirs."""
    return digest(folder / MANIFEST)


def seal(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest over everything in the folder but the model card, which is prose.

    Raises ArtefactError where a number of it is beyond its bounds.
    """
    names = sorted(_held(folder))
    held = manifest.model_dump() | {"files": {name: digest(folder / name) for name in names}}
    try:
        sealed = Manifest.model_validate(held)
    except ValueError as error:
        raise ArtefactError(f"{folder} cannot be stored: {reason_of(error)}") from error
    text = json.dumps(sealed.model_dump(mode="json"), indent=1, sort_keys=True, allow_nan=False)
    replace(folder / MANIFEST, (text + "\n").encode())
    return sealed


def _held(folder: Path) -> set[str]:
    """The names of what a folder holds beside its manifest and its model card."""
    return {entry.name for entry in listed(folder)} - {MANIFEST, *CARDS}


def load(
    agent: str, folder: Path | None = None, files: Collection[str] | None = None
) -> tuple[Path, Manifest]:
    """Read and check the artefact of an agent in a folder, the shipped one by default.

    Of its files those that are named are checked, all by default: reading them costs time. Raises
    ArtefactError when it is missing, of another agent or format, a file was changed, or there are others.
    """
    hint = f"train it with `octad train {agent}`, or name another folder with --weights"
    pinned = folder is None
    folder = folder or shipped(agent)
    path = folder / MANIFEST
    if not os.path.lexists(path):
        raise ArtefactError(f"no weights for {agent} in {folder}", hint=hint)
    try:
        data = read_bytes(path, LARGEST_MANIFEST, follow=False)
        manifest = _parsed(agent, path, data)
        held = _held(folder)
    except UnreadableInput as error:
        raise ArtefactError(f"{path} is not a manifest: {error.message}", hint=hint) from error
    except (ValueError, AttributeError, RecursionError) as error:
        reason = reason_of(error) if isinstance(error, ValueError) else first_line(error)
        raise ArtefactError(f"{path} is not a manifest: {reason}", hint=hint) from error
    if manifest.agent != agent:
        raise ArtefactError(f"{folder} holds weights of {manifest.agent}, not of {agent}", hint=hint)
    if manifest.format != FORMAT:
        raise ArtefactError(f"{path} is of format {manifest.format}, not {FORMAT}", hint=hint)
    if pinned and hashlib.sha256(data).hexdigest() not in PINNED:
        raise ArtefactError(f"{path} is not the one that this version came with", hint=REINSTALL)
    if more := sorted(held - manifest.files.keys()):
        raise ArtefactError(f"{folder / more[0]} is no part of the weights of {agent}", hint="remove it")
    for name in manifest.files if files is None else files:
        _check_file(folder / name, manifest.files.get(name, ""), hint)
    return folder, manifest


def _parsed(agent: str, path: Path, data: bytes) -> Manifest:
    """The manifest of its bytes; raises ArtefactError where it is of the format before."""
    raw: dict[str, Any] = json.loads(data.decode("utf-8"))
    if raw.get("format") == 1 and raw.get("agent") == agent:
        raise ArtefactError(
            f"{path} is of format 1, this version reads format {FORMAT}",
            hint=f"train it again; `python -m octad_train.convert {path.parent} NEW` converts agents of code",
        )
    return Manifest.model_validate(raw)


def _check_file(path: Path, expected: str, hint: str) -> None:
    """Raise ArtefactError unless a file is there as it was sealed, with a header that can be read."""
    try:
        sound = digest(path) == expected
    except UnreadableInput:
        sound = False
    if not sound:
        raise ArtefactError(f"{path} is missing or damaged", hint=hint)
    if path.suffix == ".safetensors":
        check_header(path)
