"""A file is written whole or not at all, and read whole or not at all.

Where writing fails, what was there before stays. What is read is a regular file of bounded size.
"""

from __future__ import annotations

import os
import stat
import tempfile
from io import BufferedReader
from pathlib import Path

# What Windows does not know counts nothing there.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


def open_regular(path: Path, most: int) -> BufferedReader:
    """A regular file of at most `most` bytes, open for reading, never a link; raises OSError."""
    file = os.fdopen(os.open(path, os.O_RDONLY | _FLAGS), "rb")
    held = os.fstat(file.fileno())
    reason = ""
    if not stat.S_ISREG(held.st_mode):
        reason = "is no regular file"
    elif held.st_size > most:
        reason = f"has {held.st_size:,} bytes, more than {most:,}"
    if reason:
        file.close()
        raise OSError(f"{path} {reason}")
    return file


def read_bytes(path: Path, most: int) -> bytes:
    """What a regular file of at most `most` bytes holds, never by a link; raises OSError."""
    with open_regular(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(f"{path} has more than {most:,} bytes")
    return data


def replace(path: Path, data: bytes, mode: int | None = None) -> None:
    """Put a file in the place of another; raises OSError.

    Without a `mode` it has that of the file before it, else what the process gives new files.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, _mode_of(path) if mode is None else mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _mode_of(path: Path) -> int:
    """The permissions of a file, or of one that is made anew."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
