"""Open files and list folders: regular files alone, never more than a bound, never waiting.

What lies on disk is not trusted: a name may be a pipe, a device, a link to elsewhere, or a file that somebody
is writing. What was opened is looked at, not only what the name stood for before.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from octad.errors import UnreadableInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_BYTES = 2_000_000
"""The largest file that is read where nothing else is said, in bytes: source code and settings."""
MAX_DATA_BYTES = 512_000_000
"""The largest file that comes with the package or that `octad train` makes, in bytes."""
MAX_ENTRIES = 100_000
"""Entries of one folder."""

_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "named pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISLNK, "symbolic link"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)

Name = str | os.PathLike[str]


def read_bytes(path: Name, limit: int = MAX_BYTES, *, follow: bool = True) -> bytes:
    """Contents of a regular file of at most `limit` bytes; raises UnreadableInput with the reason.

    Without `follow` a symbolic link is refused as well.
    """
    file, before = _open(path, limit, follow)
    with file:
        try:
            data = file.read(before.st_size + 1)
        except OSError as error:
            raise _unreadable(error) from error
        after = os.fstat(file.fileno())
    if len(data) != before.st_size or _identity(before) != _identity(after):
        raise UnreadableInput("changed while it was read")
    return data


def read_text(path: Name, limit: int = MAX_BYTES, *, follow: bool = True) -> str:
    """The same of a file in UTF-8; raises UnreadableInput for other encodings too."""
    try:
        return read_bytes(path, limit, follow=follow).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableInput("not in UTF-8") from error


@contextmanager
def opened(path: Name, limit: int | None = None, *, follow: bool = True) -> Iterator[BinaryIO]:
    """A regular file to be read piece by piece; raises UnreadableInput with the reason, while reading too.

    It ends where the file ended when it was opened, so that one that somebody goes on writing has an end.
    """
    file, _ = _open(path, limit, follow)
    with file:
        bounded = _Bounded(file, os.fstat(file.fileno()).st_size)
        yield cast(BinaryIO, io.BufferedReader(bounded))


def listed(folder: Name, most: int = MAX_ENTRIES) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name; raises UnreadableInput where it cannot be listed or holds too much.

    An entry that is a link is none of what it leads to: ask it with `follow_symlinks=False`.
    """
    found: list[os.DirEntry[str]] = []
    try:
        with os.scandir(os.fspath(folder)) as listing:
            for entry in listing:
                found.append(entry)
                if len(found) > most:
                    raise UnreadableInput(f"holds more than {most:,} files and folders")
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    return sorted(found, key=lambda entry: entry.name)


def files_in(folder: Name, ending: str) -> list[Path]:
    """The files and links in a folder whose names end so and begin with no `_` or `.`; raises as `listed`."""
    return [
        Path(entry.path)
        for entry in listed(folder)
        if entry.name.endswith(ending) and entry.name[0] not in "_." and not entry.is_dir()
    ]


def is_piped() -> bool:
    """Whether standard input comes from somewhere other than a keyboard."""
    return sys.stdin is not None and not sys.stdin.isatty()


def standard_input(limit: int) -> bytes:
    """What is piped in; raises UnreadableInput where nothing is, or more than `limit` bytes."""
    if not is_piped():
        raise UnreadableInput("nothing is piped in", hint="name a file")
    try:
        data = sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise _unreadable(error) from error
    if len(data) > limit:
        raise UnreadableInput(f"larger than {limit:,} bytes")
    return data


class _Bounded(io.RawIOBase):
    """The first `size` bytes of a file."""

    def __init__(self, file: io.FileIO, size: int) -> None:
        super().__init__()
        self._file = file
        self._size = size
        self._read = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer as far as the bound lets; raises UnreadableInput."""
        room = memoryview(buffer)[: max(0, self._size - self._read)]
        try:
            count = self._file.readinto(room) or 0
        except OSError as error:
            raise _unreadable(error) from error
        self._read += count
        return count

    def tell(self) -> int:
        """Bytes that were read."""
        return self._read


def _open(path: Name, limit: int | None, follow: bool) -> tuple[io.FileIO, os.stat_result]:
    """An open regular file and what its name stood for before; raises UnreadableInput for anything else."""
    try:
        before = os.stat(path, follow_symlinks=follow)
        _check(before, limit)
        # A pipe may have taken the place of the file meanwhile: never wait for one, never follow a link.
        flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
        flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(path, flags)
    except OSError as error:
        raise _unreadable(error) from error
    except ValueError as error:
        raise UnreadableInput("not a valid path") from error
    try:
        _check(os.fstat(handle), limit)
        return io.FileIO(handle, "rb"), before
    except BaseException:
        os.close(handle)
        raise


def _check(status: os.stat_result, limit: int | None) -> None:
    """Raise UnreadableInput unless it is a regular file of at most `limit` bytes."""
    if not stat.S_ISREG(status.st_mode):
        kind = next((f" but a {name}" for test, name in _KINDS if test(status.st_mode)), "")
        raise UnreadableInput(f"not a regular file{kind}")
    if limit is not None and status.st_size > limit:
        raise UnreadableInput(f"larger than {limit:,} bytes")


def _unreadable(error: OSError | ValueError) -> UnreadableInput:
    """What the system says, as the reason why something cannot be read."""
    if not isinstance(error, OSError):
        return UnreadableInput("not a valid path")
    return UnreadableInput(f"cannot be read: {(error.strerror or 'unknown error').lower()}")


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    """What tells two contents of one path apart."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
