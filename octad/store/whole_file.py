"""A file is written whole or not at all: where that fails, what was there before stays."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


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
