"""Folders and files of the user alone, a lock between processes, and room that is kept for a full disk."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from octad.host.whole_file import PRIVATE, make_folder

_POLL = 0.005


def why_not_private(folder: Path, setting: str = "OCTAD_CACHE") -> str:
    """Make a folder that nobody else can enter; "" where it is one, else why what it holds cannot be trusted.

    The folders above it may be anybody's: who takes this one's place cannot make it the user's own. The
    `setting` names another.
    """
    try:
        make_folder(folder, 0o700)
        held = os.lstat(folder)
    except OSError as error:
        return f"{folder} cannot be used: {(error.strerror or str(error)).lower()}"
    if not stat.S_ISDIR(held.st_mode):
        return f"{folder} is a link, not a folder"
    if hasattr(os, "geteuid") and (held.st_uid != os.geteuid() or held.st_mode & 0o077):
        return f"{folder} is open to others; make it your own with mode 700, or name another in {setting}"
    return ""


def is_private(path: Path) -> bool:
    """Whether a path is a plain file of one name that only its owner reads; raises OSError."""
    held = os.lstat(path)
    mine = not hasattr(os, "geteuid") or (held.st_mode & 0o777 == PRIVATE and held.st_uid == os.geteuid())
    return stat.S_ISREG(held.st_mode) and held.st_nlink == 1 and mine


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can; raises OSError."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, wait: float) -> Iterator[int]:
    """A private file, open to read and append, that no other thread or process holds meanwhile.

    It is made where it is missing. Raises TimeoutError after `wait` seconds, other OSError where it cannot be
    opened or is none of the user's own.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags, PRIVATE)
    try:
        if not is_private(path):
            raise PermissionError(1, "not a private file")
        until = time.monotonic() + wait
        while not _taken(handle):
            if time.monotonic() > until:
                raise TimeoutError(11, "held by somebody else")
            time.sleep(_POLL)
        yield handle
    finally:
        os.close(handle)  # and with it goes the lock


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        with suppress(OSError):
            os.lseek(handle, 1 << 40, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            return True
        return False
else:
    import fcntl

    def _taken(handle: int) -> bool:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False


class Reserve:
    """A file that takes room, to be given up when the disk is full and something must still be written."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size

    def keep(self) -> bool:
        """Take the room where it is not taken; whether it is."""
        with suppress(OSError):
            if self.path.is_symlink() or not self.path.exists() or self.path.stat().st_size != self.size:
                self._write()
        with suppress(OSError):
            return is_private(self.path) and self.path.stat().st_size == self.size
        return False

    def give(self) -> bool:
        """Give the room up; whether there was any."""
        with suppress(OSError):
            self.path.unlink()
            return True
        return False

    def _write(self) -> None:
        """Real bytes: a file with a hole takes no room, nor does one of zeros everywhere."""
        self.give()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self.path, flags, PRIVATE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(self.size))
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            self.give()
            raise
