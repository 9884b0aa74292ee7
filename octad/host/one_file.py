"""Several files in one, as a tar archive of which there is only one way to write it.

Reading takes an archive for what was written here or refuses it: members of known names, in their order, with
headers byte for byte as they would be written, nothing between, nothing behind. So there are no links, no
places outside, no holes that unpack to more than is there, and nothing that is packed.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from octad.errors import UnreadableInput
from octad.host.files import opened
from octad.host.whole_file import replacing

_BLOCK = 512
_END = bytes(2 * _BLOCK)
_PIECE = 1 << 20
LARGEST = 1 << 33
"""Bytes of an archive: what the header of a member can say."""


def pack(path: Path, members: Sequence[tuple[str, Path | bytes]]) -> None:
    """Write files into one, whole or not at all; raises OSError, and UnreadableInput for what is no file."""
    with replacing(path) as file:
        for name, source in members:
            if isinstance(source, bytes):
                _add(file, name, len(source), io.BytesIO(source))
                continue
            with opened(source, LARGEST, follow=False) as held:
                _add(file, name, os.stat(source, follow_symlinks=False).st_size, held)
        file.write(_END)


class Archive:
    """An archive that is read from its beginning to its end."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file

    def member(self, name: str, most: int) -> bytes:
        """The next member, which is of that name and at most so long; raises UnreadableInput."""
        return b"".join(self.pieces(name, most))

    def pieces(self, name: str, most: int) -> Iterator[bytes]:
        """The same piece by piece."""
        size = self._size(name)
        if size > most:
            raise UnreadableInput(f"{name} in it is larger than {most:,} bytes")
        left = size
        while left:
            piece = self._file.read(min(left, _PIECE))
            if not piece:
                raise UnreadableInput(f"it ends in the middle of {name}")
            left -= len(piece)
            yield piece
        if self._file.read(-size % _BLOCK).strip(b"\0"):
            raise UnreadableInput(f"something is hidden behind {name}")

    def end(self) -> None:
        """Raise UnreadableInput where there is more."""
        if self._file.read(len(_END) + 1) != _END:
            raise UnreadableInput("it holds more than it should, or is cut off")

    def _size(self, name: str) -> int:
        """The size of the next member, by a header as it would be written."""
        header = self._file.read(_BLOCK)
        try:
            size = int(header[124:135], 8)
        except ValueError:
            size = -1
        if size < 0 or header != _header(name, size):
            raise UnreadableInput(f"it is no archive that octad wrote: there is no {name} where it should be")
        return size


@contextmanager
def unpacked(path: Path) -> Iterator[Archive]:
    """An archive to be read; raises UnreadableInput."""
    with opened(path, LARGEST, follow=True) as file:
        yield Archive(file)


def _add(file: io.BufferedIOBase, name: str, size: int, source: io.BufferedIOBase) -> None:
    file.write(_header(name, size))
    left = size
    while left:
        piece = source.read(min(left, _PIECE))
        if not piece:
            raise UnreadableInput("changed while it was read")
        file.write(piece)
        left -= len(piece)
    file.write(bytes(-size % _BLOCK))


def _header(name: str, size: int) -> bytes:
    """The one header of a file: nobody's, of no time."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.USTAR_FORMAT)
