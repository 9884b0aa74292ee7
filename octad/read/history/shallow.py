"""Clones that hold a part of a repository: of its commits (shallow), or of the contents of its files."""

from __future__ import annotations

from octad.read.git.sealed import Where, sealed

UNSHALLOW = "bring the rest with `git fetch --unshallow`; in CI, check out with `fetch-depth: 0`"
"""What to do about a shallow clone."""


def is_shallow(where: Where) -> bool:
    """Whether commits are missing whose children are here; raises RepositoryError without a repository."""
    return sealed(where).run("rev-parse", "--is-shallow-repository").strip() == b"true"
