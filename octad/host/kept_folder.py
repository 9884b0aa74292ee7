"""Folders that are kept: copied from what nobody vouches for, on the disk before they are in place."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from octad.errors import StoreError
from octad.host.files import listed, opened
from octad.host.private import sync_folder
from octad.host.whole_file import PRIVATE

PART = ".part-"
"""The beginning of the names of folders that are not whole, or are being removed."""
LEFT_OVER = 3600.0
"""Seconds after which whoever began a folder is taken for dead."""
_PIECE = 1 << 20
_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@contextmanager
def kept(what: object) -> Iterator[None]:
    """What the system says about writing `what`, as StoreError."""
    try:
        yield
    except OSError as error:
        full = error.errno in _ROOM
        reason = "no room on the disk" if full else (error.strerror or str(error)).lower()
        raise StoreError(f"{what} cannot be written: {reason}", kind="full" if full else "refused") from error


@contextmanager
def begun(folder: Path) -> Iterator[Path]:
    """A private folder beside those that are whole, which is gone afterwards unless it was put in place."""
    part = Path(tempfile.mkdtemp(dir=folder, prefix=PART))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def copy(source: Path, target: Path, limit: int) -> tuple[str, int]:
    """Copy a regular file of at most `limit` bytes, through no link; its SHA-256 and its size.

    Raises UnreadableInput for what is none, OSError where it cannot be written.
    """
    digest, size = hashlib.sha256(), 0
    with opened(source, limit, follow=False) as file, _new(target) as made:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            _write(made, piece)
        os.fsync(made)
    return digest.hexdigest(), size


def write(target: Path, data: bytes) -> None:
    """Make a file of such a folder; raises OSError."""
    with _new(target) as made:
        _write(made, data)
        os.fsync(made)


def place(part: Path, target: Path) -> None:
    """Put a folder where it is to be found, all of it on the disk before; raises OSError."""
    sync_folder(part)
    os.rename(part, target)
    sync_folder(target.parent)


def take_away(folder: Path) -> None:
    """Remove a folder of those that are kept, so that nobody finds a part of it; raises OSError."""
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=PART))
    try:
        with suppress(FileNotFoundError):
            os.rename(folder, part / folder.name)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def left_over(folder: Path, age: float = LEFT_OVER) -> list[Path]:
    """Folders that somebody began and will not end, having died; raises UnreadableInput."""
    old = time.time() - age
    found = [entry for entry in listed(folder) if entry.name.startswith(PART)]
    return [Path(one.path) for one in found if one.stat(follow_symlinks=False).st_mtime < old]


@contextmanager
def _new(path: Path) -> Iterator[int]:
    """A file that was not there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, PRIVATE)
    try:
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, data: bytes) -> None:
    held = memoryview(data)
    while held:
        held = held[os.write(handle, held) :]
