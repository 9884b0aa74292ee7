"""Contents by their name: read from a repository, and written beside it, where it does not see them."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable

from octad.read.git.sealed import Sealed


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


class BlobNames:
    """Names of contents in the way of a repository: SHA-1, or SHA-256 where it is made with that."""

    def __init__(self, repository: Sealed) -> None:
        self._repository = repository
        self._algorithm = repository.settings.text("extensions.objectformat", "sha1")

    def of(self, data: bytes) -> str:
        """The name of contents."""
        digest = hashlib.new(self._algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
        digest.update(data)
        return digest.hexdigest()

    def of_file(self, path: str) -> str:
        """The name of the contents of a file that is too large to be held; raises OSError."""
        with open(path, "rb", opener=_regular) as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.new(self._algorithm, b"blob %d\0" % size, usedforsecurity=False)
            while piece := file.read(min(1 << 20, size)):
                digest.update(piece)
                size -= len(piece)
        return digest.hexdigest()

    def write(self, data: bytes) -> str:
        """Write contents to our own folder of objects; returns their name."""
        name = self.of(data)
        packed = zlib.compress(b"blob %d\0" % len(data) + data, 1)
        self._repository.write(os.path.join("objects", name[:2], name[2:]), packed)
        return name


def _regular(path: str, flags: int) -> int:
    """Open without waiting for a pipe or following a link that took the place of the file."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
