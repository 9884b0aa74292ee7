"""One version as one file: the same bytes wherever it is written, and nothing believed when it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import Field

from octad.errors import ArtefactError, OutputError, UnreadableInput
from octad.host.one_file import pack, unpacked
from octad.host.whole_file import put, replacing, temporary_folder
from octad.records.base import Record, reason_of
from octad.registry.base import Version
from octad.registry.blobs import manifest_of, read
from octad.store.artefact import LARGEST_MANIFEST, MANIFEST
from octad.store.tensors import LARGEST

LINEAGE = "lineage.json"
FORMAT = 1
_LARGEST_LINEAGE = 1 << 14


class Lineage(Record):
    """What an archive says of a version beside its manifest: its digest, its parent, a note."""

    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)] = FORMAT
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    parent: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    note: Annotated[str, Field(max_length=500)] = ""


def export(folder: Path, version: Version, path: Path) -> None:
    """Write a version whose files lie in a folder; raises ArtefactError where they are not as they were."""
    blob = read(folder)
    if blob.digest != version.digest:
        raise ArtefactError(f"{folder} holds another artefact than {version.digest[:12]}")
    lineage = Lineage(digest=version.digest, parent=version.parent, note=version.note)
    said = json.dumps(lineage.model_dump(), sort_keys=True) + "\n"
    files = [(name, folder / name) for name in [MANIFEST, *sorted(blob.manifest.files)]]
    try:
        pack(path, [(LINEAGE, said.encode()), *files])
    except (OSError, UnreadableInput) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {path}: {reason.lower()}", hint="check folder and room") from error


@contextmanager
def imported(path: Path) -> Iterator[tuple[Path, Lineage]]:
    """The artefact of an archive in a folder that is gone afterwards, and where it comes from.

    Raises ArtefactError for whatever `export` would not have written.
    """
    with temporary_folder() as folder:
        try:
            with unpacked(path) as archive:
                lineage = _lineage(archive.member(LINEAGE, _LARGEST_LINEAGE))
                put(folder / MANIFEST, archive.member(MANIFEST, LARGEST_MANIFEST))
                digest, manifest = manifest_of(folder)
                if digest != lineage.digest:
                    raise ArtefactError(f"{path} holds another version than it says")
                for name in sorted(manifest.files):
                    with replacing(folder / name) as file:
                        file.writelines(archive.pieces(name, LARGEST))
                archive.end()
            read(folder)
        except UnreadableInput as error:
            raise ArtefactError(f"{path} cannot be imported: {error.message}") from error
        except OSError as error:
            raise ArtefactError(f"{path} cannot be imported: {(error.strerror or '').lower()}") from error
        yield folder, lineage


def _lineage(data: bytes) -> Lineage:
    try:
        return Lineage.model_validate_json(data)
    except ValueError as error:
        raise UnreadableInput(f"its {LINEAGE} says what is not understood: {reason_of(error)}") from error
