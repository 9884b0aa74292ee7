"""Files that a repository is made of: regular ones, up to a size, and no link."""

from __future__ import annotations

import os

from octad.errors import RepositoryError, UnreadableInput
from octad.read.code.files import read_bytes


def contents(path: str, limit: int) -> bytes | None:
    """The contents of a regular file, None where there is none; raises RepositoryError where it is unread."""
    if os.path.islink(path) or not os.path.isfile(path):
        return None
    try:
        return read_bytes(path, limit, follow=False)
    except UnreadableInput as error:
        raise RepositoryError(f"{path}: {error.message}", hint="see `git status` in this folder") from error
