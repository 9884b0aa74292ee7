"""Digests of the files that a model was trained on, as manifests name them."""

from __future__ import annotations

from pathlib import Path

from octad.store.artefact import digest

LENGTH = 16


def fingerprints(*folders: Path) -> dict[str, str]:
    """The first digits of the SHA-256 of every file in some folders, by its name within them.

    Files of several folders have the name of their folder before them.
    """
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder if len(folders) == 1 else folder.parent).as_posix()
            found[name] = digest(path)[:LENGTH]
    return found
