"""Files that the repository held once: which commit took them away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from octad.read.git.sealed import Where, sealed

MOST = 400
"""Paths that are asked about at once."""
_MARK = "/\x02"
_LOG = (
    "log",
    "-z",
    "--name-only",
    "--diff-filter=D",
    "--no-renames",
    "--no-ext-diff",
    "--no-color",
    "--no-relative",
)


class Deleted(NamedTuple):
    """The last commit that took a file away, in short, and its day."""

    revision: str
    day: str


def deletions(where: Where, paths: Sequence[str], *, timeout: float | None = None) -> dict[str, Deleted]:
    """Of paths from the top folder, those of files that are gone; a folder is gone with a file in it.

    Raises RepositoryError without a repository, or where the answer takes longer than `timeout` seconds.
    """
    wanted = dict.fromkeys(path.rstrip("/") for path in paths[:MOST])
    if not wanted:
        return {}
    output = sealed(where).run(*_LOG, f"--format={_MARK}%h %cs", "--", *wanted, timeout=timeout)
    found: dict[str, Deleted] = {}
    at = Deleted("", "")
    for field in os.fsdecode(output).replace("\n", "").split("\0"):
        if field.startswith(_MARK):
            revision, _, day = field.removeprefix(_MARK).partition(" ")
            at = Deleted(revision, day)
            continue
        for path in _with_folders(field):
            if path in wanted:
                found.setdefault(path, at)
    return found


def _with_folders(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:at]) for at in range(1, len(parts) + 1)]
