"""Contents by their name: read from a repository, and written beside it, where it does not see them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable

from octad.host.files import opened
from octad.read.git.sealed import Sealed

_TOGETHER = 50_000_000
"""Bytes that wait to be written."""


def read_blobs(repository: Sealed, names: Iterable[str], limit: int) -> dict[str, bytes]:
    """Contents by blob name; those that are absent or larger than `limit` bytes are left out."""
    wanted = sorted({name for name in names if name.strip("0")})
    checked = repository.run(
        "cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in wanted).encode()
    )
    rows = [line.split() for line in checked.decode("ascii", "replace").splitlines()]
    small = [row[0] for row in rows if len(row) == 3 and row[1] == "blob" and int(row[2]) <= limit]
    output = repository.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in small).encode())
    contents: dict[str, bytes] = {}
    position = 0
    for name in small:
        end = output.index(b"\n", position)
        size = int(output[position:end].split()[2])
        contents[name] = output[end + 1 : end + 1 + size]
        position = end + 1 + size + 1
    return contents


class Blobs:
    """Contents named as a repository names them: by SHA-1, or by SHA-256 where it is made with that."""

    def __init__(self, repository: Sealed) -> None:
        self._repository = repository
        self._algorithm = repository.settings.text("extensions.objectformat", "sha1")
        self._waiting: dict[str, bytes] = {}
        self._room = _TOGETHER

    def of(self, data: bytes) -> str:
        """The name of contents."""
        digest = hashlib.new(self._algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
        digest.update(data)
        return digest.hexdigest()

    def of_file(self, path: str) -> str:
        """The name of the contents of a file that is too large to be held; raises OSError and as `opened`."""
        size = os.lstat(path).st_size
        digest = hashlib.new(self._algorithm, b"blob %d\0" % size, usedforsecurity=False)
        with opened(path, follow=False) as file:
            while piece := file.read(min(1 << 20, size)):
                digest.update(piece)
                size -= len(piece)
        return digest.hexdigest()

    def write(self, data: bytes) -> str:
        """Put contents among our own objects, at the latest with the next `flush`; returns their name."""
        name = self.of(data)
        self._waiting[name] = data
        self._room -= len(data)
        if self._room < 0:
            self.flush()
        return name

    def flush(self) -> None:
        """Put there what waits: many at once, as a file each takes longer than all the rest."""
        stream = b"".join(b"blob\ndata %d\n%b\n" % (len(data), data) for data in self._waiting.values())
        if stream:
            self._repository.run("fast-import", "--quiet", stdin=stream)
        self._waiting, self._room = {}, _TOGETHER
