"""What the index of a repository lists: its files, with the state in which each was last seen unchanged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from octad.read.git.sealed import Sealed

LINK, MODULE = "120000", "160000"
_SKIPPED = 0x40000000
_FILE = r"(\d+) ([0-9a-f]+) (\d)\t([^\0]+)\0"
_STATE = (
    r"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n"
    r"  uid: \d+\tgid: \d+\n  size: (\d+)\tflags: ([0-9a-f]+)\n"
)
_KNOWN, _PLAIN = re.compile(_FILE + _STATE), re.compile(_FILE)
_UNKNOWN = ("0",) * 7


class Listed(NamedTuple):
    """One file of the index; a file in conflict is listed once per side, with a `stage` above 0.

    `ctime`, `mtime` (ns), `inode` and `size` are those of the file when it had these contents. A `skipped`
    one need not be in the work tree.
    """

    path: str
    mode: str
    blob: str
    stage: int
    ctime: int
    mtime: int
    inode: int
    size: int
    skipped: bool


def listed(repository: Sealed) -> Iterator[Listed]:
    """The files of the index, sorted by path; git reads none of them for it.

    Where this git tells their states in another form, none is known, so that every file is looked at.
    """
    output = os.fsdecode(repository.listing)
    found = list(_KNOWN.finditer(output))
    if sum(len(one[0]) for one in found) != len(output):
        found = list(_PLAIN.finditer(os.fsdecode(repository.run("ls-files", "--stage", "-z"))))
    for one in found:
        fields = [*map(str, one.groups()), *_UNKNOWN]
        mode, blob, stage, path, seconds, parts, changed, more, inode, size, flags = fields[:11]
        yield Listed(
            path, mode, blob, int(stage),
            int(seconds) * 10**9 + int(parts), int(changed) * 10**9 + int(more), int(inode), int(size),
            skipped=bool(int(flags, 16) & _SKIPPED),
        )  # fmt: skip
