"""Which project a folder is of, wherever it lies and whatever it is called there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from octad.errors import RepositoryError
from octad.read.git.sealed import Sealed
from octad.read.pyproject import NAME, project_folders


def project_of(folder: Path) -> str:
    """Sixteen hexadecimal digits: of the first commit of its repository, else of the name of its top folder.

    A clone that was cut off (`git clone --depth`) does not hold the first commit, and a repository without
    commits has none: they have that of the name. The first commit is the one that the first parents of HEAD
    lead to, so that a history that was merged later changes nothing.
    """
    try:
        repository = Sealed(folder)
        top = repository.place.top or repository.place.git_dir
        if not os.path.exists(os.path.join(repository.git_dir, "shallow")):
            listed = repository.run("rev-list", "--max-parents=0", "--first-parent", "HEAD")
            if first := listed.decode("ascii", "replace").split():
                return _digest("commit", first[-1])
    except RepositoryError:
        top = os.fspath(_top(folder))
    return _digest("folder", os.path.basename(os.path.realpath(top)))


def _top(folder: Path) -> Path:
    """The nearest folder above that is a Python project; the folder itself where none is."""
    return next((one for one in project_folders(folder) if (one / NAME).is_file()), folder)


def _digest(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind} {name}".encode("utf-8", "replace")).hexdigest()[:16]
