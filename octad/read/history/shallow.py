"""Clones that hold a part of a repository: of its commits (shallow), or of the contents of its files."""

from __future__ import annotations

import os

from octad.read.history.git_command import git

UNSHALLOW = "bring the rest with `git fetch --unshallow`; in CI, check out with `fetch-depth: 0`"
"""What to do about a shallow clone."""


def is_shallow(folder: str | os.PathLike[str]) -> bool:
    """Whether commits are missing whose children are here; raises RepositoryError without a repository."""
    return git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
