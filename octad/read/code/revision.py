"""The texts of files at a revision, from the objects of a repository: nothing is checked out."""

from __future__ import annotations

import os
from collections.abc import Callable

from octad.errors import UnreadableInput
from octad.host.files import MAX_BYTES
from octad.read.code.decode import decode
from octad.read.git.blobs import read_blobs
from octad.read.git.sealed import Sealed
from octad.records.api import Api
from octad.repository.api import api_of, is_of_interest
from octad.syntax.languages import language_of

_REGULAR = frozenset({"100644", "100755"})


def texts_at(
    git: Sealed, commit: str, wanted: Callable[[str], bool], limit: int = MAX_BYTES
) -> dict[str, str]:
    """The texts of wanted files of a commit by path from the top folder; unreadable ones are left out.

    `commit` is a full name, as `Repository.commit` resolves it. Raises RepositoryError where git knows none.
    """
    names = {path: blob for path, blob in plain_files(git, commit).items() if wanted(path)}
    blobs = read_blobs(git, names.values(), limit)
    found: dict[str, str] = {}
    for path, blob in names.items():
        try:
            found[path] = decode(blobs[blob], language_of(path)).text
        except (KeyError, UnreadableInput):
            continue
    return found


def plain_files(git: Sealed, commit: str) -> dict[str, str]:
    """The files of a commit by path from the top folder, with the names of their contents: no links."""
    listed = os.fsdecode(git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--"))
    names: dict[str, str] = {}
    for entry in listed.split("\0")[:-1]:
        state, _, path = entry.partition("\t")
        mode, kind, blob = state.split()
        if kind == "blob" and mode in _REGULAR:
            names[path] = blob
    return names


def api_at(git: Sealed, commit: str) -> Api:
    """The public interface of a commit; see `texts_at`."""
    return api_of(texts_at(git, commit, is_of_interest))
