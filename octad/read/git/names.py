"""The names of commits in a repository, read from its files into one that git can read in their place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from octad.errors import RepositoryError
from octad.host.files import listed as entries_of
from octad.read.git.contents import contents

MOST = 200_000
"""Names that have a file each."""
_FILE_BYTES, _LIST_BYTES = 4_096, 1_000_000_000
_COMMIT = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?)\s")
_OTHER_NAME = re.compile(rb"ref: refs/[^\x00-\x20\x7f]+\s*$")
_NAME = re.compile(r"refs/[^\x00-\x20\x7f~^:?*\[\\]+")
_HEAD = re.compile(r"(?:[A-Z]+_)*HEAD")


def names_of(folders: Iterable[str]) -> dict[str, bytes]:
    """Files that name the commits of a git directory: `packed-refs`, and each that stands for another name.

    Of several folders, what all work trees share comes first. Raises RepositoryError for far too many.
    """
    commits: dict[str, bytes] = {}
    files: dict[str, bytes] = {}
    listed = b""
    for folder in folders:
        listed = listed or contents(os.path.join(folder, "packed-refs"), _LIST_BYTES) or b""
        for name in _files(folder):
            data = contents(os.path.join(folder, name), _FILE_BYTES) or b""
            found = _COMMIT.match(data + b"\n")
            if _OTHER_NAME.match(data) or (found and not name.startswith("refs/")):
                files[name] = data
            elif found:
                commits[name] = found[1]
            if len(commits) > MOST:
                raise RepositoryError(
                    f"more than {MOST:,} names of commits with a file each", hint="`git pack-refs --all`"
                )
    return files | {"packed-refs": _joined(listed, commits)}


def _files(folder: str) -> Iterator[str]:
    """Names that have a file, from a git directory on; no link is followed."""
    yield from (entry.name for entry in entries_of(folder) if _HEAD.fullmatch(entry.name))
    for path, _, files in os.walk(os.path.join(folder, "refs")):
        for file in files:
            name = PurePath(os.path.relpath(os.path.join(path, file), folder)).as_posix()
            if _NAME.fullmatch(name):
                yield name


def _joined(listed: bytes, commits: dict[str, bytes]) -> bytes:
    """A list of names without those that have a file, and with these."""
    if not commits:
        return listed
    gone = {os.fsencode(name) for name in commits}
    lines: list[bytes] = []
    is_gone = False
    for line in listed.splitlines():
        if not line.startswith(b"^"):  # what a tag leads to belongs to the line before
            is_gone = line.startswith(b"#") or line[line.find(b" ") + 1 :] in gone
        if not is_gone:
            lines.append(line)
    lines += [commit + b" " + os.fsencode(name) for name, commit in commits.items()]
    return b"".join(line + b"\n" for line in lines)
