"""A file is written whole or not at all: where that fails, what was there before stays."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

WAIT_S = 10.0
"""Seconds that a named pipe is waited for until somebody reads it."""
PRIVATE = 0o600
"""The mode of a file that only its owner reads."""


def replace(path: Path, data: bytes, mode: int | None = None) -> None:
    """Put a file in the place of another; raises OSError.

    The bytes are on the disk before the name is. Without a `mode` it has that of the file before it, else
    what the process gives new files. A link in its place is replaced, not followed: resolve it where it
    should be.
    """
    with replacing(path, mode) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[io.BufferedWriter]:
    """A file to be written piece by piece, which then takes that place as with `replace`; raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _mode_of(path) if mode is None else mode)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def write(path: Path, data: bytes) -> None:
    """Write where a user asked for it, through links: a file is replaced whole; raises OSError.

    A device or a pipe takes the bytes as they are. Where a file may be written but none beside it, its room
    is made sure of before anything of it is lost.
    """
    if path.exists() and not path.is_file():
        with os.fdopen(_opened(path), "wb") as file:
            file.write(data)
        return
    target = path.resolve()
    if not target.exists() or os.access(target.parent, os.W_OK):
        replace(target, data)
    else:
        _overwrite(target, data)


def put(path: Path, data: bytes) -> None:
    """Write a file of a temporary folder, through no link, and the folders that it needs; raises OSError.

    Nobody else knows the folder, and it does not last: the file is not made sure of.
    """
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, where they are missing; raises OSError.

    The `mode` is that of the innermost, where it is made: 0o700 for one that is private.
    """
    path.mkdir(mode, parents=True, exist_ok=True)


def create(path: Path, mode: int = PRIVATE) -> None:
    """Make an empty file where there is nothing, not even a link; raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(path, flags, mode))


def remove(path: Path) -> None:
    """Remove a file, a link itself, or a folder with all in it; what is gone is no error. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A private folder that is gone afterwards, with whatever a tool left in it."""
    name = tempfile.mkdtemp(prefix="octad-")
    try:
        yield Path(name)
    finally:
        shutil.rmtree(name, ignore_errors=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Where to make a folder that then appears as `path`, whole or not at all; raises OSError."""
    name = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        made = Path(name, path.name)
        yield made
        os.rename(made, path)
    finally:
        shutil.rmtree(name, ignore_errors=True)


def _mode_of(path: Path) -> int:
    """The permissions of a file, or of one that is made anew."""
    if path.is_file():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _overwrite(path: Path, data: bytes) -> None:
    """Write over a file in place, after room for all of it is found."""
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "wb") as file:
        size = os.fstat(handle).st_size
        try:
            if data and hasattr(os, "posix_fallocate"):
                os.posix_fallocate(handle, 0, len(data))
        except OSError:
            os.ftruncate(handle, size)
            raise
        file.write(data)
        file.truncate()


def _opened(path: Path) -> int:
    """A device or pipe, open for writing; raises OSError where nobody reads the pipe within WAIT_S."""
    flags = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    until = time.monotonic() + WAIT_S
    while True:
        try:
            handle = os.open(path, flags)
        except OSError as error:
            if error.errno != errno.ENXIO or not stat.S_ISFIFO(path.stat().st_mode):
                raise
            if time.monotonic() > until:
                raise OSError(errno.ENXIO, "nobody reads the pipe") from error
            time.sleep(0.05)
        else:
            os.set_blocking(handle, True)
            return handle
