"""Artefacts in folders named by their digests: copied and checked at once, whole or not there at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from octad.errors import ArtefactError, OutputError, UnreadableInput
from octad.host.files import listed, opened, read_bytes
from octad.host.kept_folder import begun, copy, kept, left_over, place, take_away, write
from octad.host.whole_file import make_folder, remove, whole_folder
from octad.registry.base import Digest
from octad.store.artefact import (
    CARDS,
    FORMAT,
    LARGEST_MANIFEST,
    MANIFEST,
    Manifest,
    agent_files,
    load,
    require_files,
)
from octad.store.tensors import LARGEST, check_header

LARGEST_CARD = 1 << 20
"""Bytes of a model card."""
_FOREIGN = {
    b"\x80": "a pickle, which runs what it holds", b"PK": "a zip file, as torch.save makes them",
    b"\x1f\x8b": "packed with gzip", b"\xfd7zXZ": "packed with xz", b"BZh": "packed with bzip2",
    b"(\xb5/\xfd": "packed with zstandard", b"\x7fELF": "a program", b"#!": "a script",
}  # fmt: skip
"""How files begin that no artefact holds, whatever they are called."""
_RIGHT = {".onnx": b"\x08", ".json": b"{"}
"""How those begin that it holds: the first field of a graph is its version."""


class Blob(NamedTuple):
    """An artefact that was read whole: its digest, what its manifest says, and its bytes."""

    digest: Digest
    manifest: Manifest
    size: int


def manifest_of(folder: Path) -> tuple[Digest, Manifest]:
    """The manifest of a folder and its digest; files are not read. Raises ArtefactError."""
    try:
        data = read_bytes(folder / MANIFEST, LARGEST_MANIFEST, follow=False)
        agent = json.loads(data).get("agent", "")
    except UnreadableInput as error:
        reason = f"{folder} is no artefact: {MANIFEST} {error.message}"
        raise ArtefactError(reason, hint="name the folder that `octad train` wrote weights to") from error
    except (ValueError, AttributeError, RecursionError) as error:
        raise ArtefactError(f"{folder / MANIFEST} is not a manifest of an artefact") from error
    _, manifest = load(str(agent)[:100], folder, files=())
    if manifest.format != FORMAT or not manifest.agent:
        raise ArtefactError(f"{folder} is of format {manifest.format}, not {FORMAT}")
    require_files(folder, manifest, agent_files(manifest))
    return hashlib.sha256(data).hexdigest(), manifest


def read(folder: Path) -> Blob:
    """Read every file of an artefact and compare its digest; raises ArtefactError."""
    digest, manifest = manifest_of(folder)
    load(manifest.agent, folder)
    names = [MANIFEST, *manifest.files]
    for name in names:
        _check_beginning(folder / name)
    return Blob(digest, manifest, sum((folder / name).stat().st_size for name in names))


def export(folder: Path, target: Path) -> None:
    """Copy an artefact to a new folder; raises ArtefactError where it is damaged, OutputError."""
    blob = read(folder)
    if target.exists() or target.is_symlink():
        raise OutputError(f"{target} is there already", hint="name a new folder")
    try:
        with whole_folder(target) as made:
            make_folder(made)
            for name in (MANIFEST, *blob.manifest.files, *CARDS):
                if name not in CARDS or (folder / name).is_file():
                    copy(folder / name, made / name, LARGEST)
    except (OSError, UnreadableInput) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {target}: {reason.lower()}", hint="check folder and room") from error


class Blobs:
    """The artefacts in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with kept(folder):
            make_folder(folder, 0o700)

    def path(self, digest: str) -> Path:
        """Where an artefact lies, or would."""
        return self.folder / digest

    @contextmanager
    def taken(self, source: Path) -> Iterator[tuple[Path, Blob]]:
        """A copy of an artefact that is checked and on the disk, not yet in its place.

        What is checked is the copy: nobody can change it any more. Raises ArtefactError, StoreError.
        """
        digest, manifest = manifest_of(source)
        with kept(self.folder), begun(self.folder) as part:
            try:
                data = read_bytes(source / MANIFEST, LARGEST_MANIFEST, follow=False)
                write(part / MANIFEST, data)
                size = len(data) + sum(
                    _copied(source / name, part / name, expected) for name, expected in manifest.files.items()
                )
                for name in CARDS:
                    with suppress(FileNotFoundError):
                        (source / name).lstat()
                        copy(source / name, part / name, LARGEST_CARD)
            except UnreadableInput as error:
                raise ArtefactError(f"{source} cannot be read: {error.message}") from error
            if hashlib.sha256(data).hexdigest() != digest:
                raise ArtefactError(f"{source} changed while it was read", hint="try again")
            yield part, Blob(digest, manifest, size)

    def place(self, part: Path, digest: str) -> bool:
        """Put a copy in its place, unless it is there; whether it was put. Raises StoreError.

        One that is damaged is replaced.
        """
        with kept(self.folder):
            target = self.path(digest)
            if target.exists() or target.is_symlink():
                with suppress(ArtefactError, OSError):
                    if read(target).digest == digest:
                        return False
                take_away(target)
            place(part, target)
        return True

    def read(self, digest: str) -> Blob:
        """Read an artefact again; raises ArtefactError where it is not what its name says."""
        found = read(self.path(digest))
        if found.digest != digest:
            raise ArtefactError(f"{self.path(digest)} holds another artefact")
        return found

    def held(self) -> list[str]:
        """The digests that there are folders for."""
        return [entry.name for entry in listed(self.folder) if not entry.name.startswith(".")]

    def remove(self, digest: str) -> None:
        """Remove an artefact, where it is there; raises StoreError."""
        with kept(self.folder):
            take_away(self.path(digest))

    def left_over(self) -> list[Path]:
        """What writers that died left behind."""
        return left_over(self.folder)

    def clean(self) -> list[Path]:
        """Remove what writers that died left behind; raises StoreError."""
        found = self.left_over()
        with kept(self.folder):
            for path in found:
                remove(path)
        return found


def _copied(source: Path, target: Path, expected: str) -> int:
    """Copy one file of an artefact; its size. Raises ArtefactError where it is not the one it should be."""
    found, size = copy(source, target, LARGEST)
    if found != expected:
        raise ArtefactError(f"{source} is not the file that its manifest names", hint="train it again")
    _check_beginning(target, source)
    if target.suffix == ".safetensors":
        check_header(target)
    return size


def _check_beginning(path: Path, named: Path | None = None) -> None:
    """Raise ArtefactError where a file begins as no file of an artefact does, whatever it is called."""
    try:
        with opened(path, follow=False) as file:
            start = file.read(8)
    except UnreadableInput as error:
        raise ArtefactError(f"{named or path}: {error.message}") from error
    # A safetensors file begins with the length of its header, which may be any byte.
    begins = _RIGHT.get(path.suffix)
    if begins is not None and not start.startswith(begins):
        foreign = next(
            (what for magic, what in _FOREIGN.items() if start.startswith(magic)), "something else"
        )
        kind = {".onnx": "a graph", ".json": "JSON"}[path.suffix]
        raise ArtefactError(f"{named or path} is not {kind} but {foreign}", hint="only what it says is kept")
