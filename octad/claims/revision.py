"""The tree of a project at a revision, read from its repository rather than from a folder."""

from __future__ import annotations

import os

from octad.claims.tree import Tree, tree_of
from octad.errors import UnreadableInput
from octad.host.files import MAX_BYTES
from octad.read.code.revision import plain_files
from octad.read.documents.files import format_of
from octad.read.git.blobs import read_blobs
from octad.read.git.sealed import Sealed
from octad.syntax.languages import language_of


def tree_at(git: Sealed, commit: str) -> Tree:
    """The tree of a commit; what is larger than a file may be is skipped."""
    listed = {_shown(path): blob for path, blob in plain_files(git, commit).items()}
    wanted = {path for path in listed if format_of(path) is not None or language_of(path) != "unknown"}
    kept = read_blobs(git, (listed[path] for path in wanted), MAX_BYTES)

    def contents(path: str) -> bytes:
        blob = listed.get(path, "")
        found = kept.get(blob)
        if found is None and path not in wanted:
            found = read_blobs(git, [blob], MAX_BYTES).get(blob)
        if found is None:
            raise UnreadableInput(f"larger than {MAX_BYTES:,} bytes")
        return found

    return tree_of(tuple(sorted(listed)), contents, root=git.top)


def _shown(path: str) -> str:
    """A path without bytes that are no characters."""
    return os.fsencode(path).decode("utf-8", "replace")
