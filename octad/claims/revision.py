"""The tree of a project at a revision, read from its repository rather than from a folder."""

from __future__ import annotations

import os
from typing import NamedTuple

from octad.claims.tree import Tree, tree_of
from octad.errors import UnreadableInput
from octad.host.files import MAX_BYTES
from octad.read.documents.files import format_of
from octad.read.git.blobs import read_blobs
from octad.read.git.sealed import Sealed
from octad.syntax.languages import language_of

_FILES = ("100644", "100755")
"""Modes of plain files: links and submodules are none."""


class _Listed(NamedTuple):
    path: str
    blob: str


def tree_at(git: Sealed, commit: str) -> Tree:
    """The tree of a commit; what is larger than a file may be is skipped."""
    listed = {one.path: one.blob for one in _listed(git, commit)}
    wanted = [path for path in listed if format_of(path) is not None or language_of(path) != "unknown"]
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


def _listed(git: Sealed, commit: str) -> list[_Listed]:
    """The plain files of a commit, by their paths from its top."""
    found = []
    for row in git.run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        told, _, path = row.partition(b"\t")
        mode, _, rest = told.decode("ascii", "replace").partition(" ")
        if mode in _FILES:
            found.append(_Listed(os.fsdecode(path).encode("utf-8", "replace").decode(), rest.split(" ")[-1]))
    return found
