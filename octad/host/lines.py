"""A file of lines that only grows: each is on the disk before it is said to be, and none is torn."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from octad.errors import StoreError
from octad.host.private import Reserve, locked, sync_folder

LONGEST = 1 << 16
"""Bytes of one line."""
RESERVE = 1 << 16
"""Bytes that are kept for lines that must be written when the disk is full."""
WAIT = 10.0
_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def append(path: Path, make: Callable[[bytes], bytes]) -> None:
    """Add the line that `make` makes of the last one (b"" of none), while nobody else does.

    What is left of a line whose writer died is cut off before: nobody was told that it is there. Raises
    StoreError.
    """
    reserve = Reserve(path.with_name(f"{path.name}.reserve"), RESERVE)
    try:
        with locked(path, WAIT) as handle:
            before, end = _last(handle)
            if not end:
                sync_folder(path.parent)
            line = make(before)
            assert b"\n" not in line and len(line) < LONGEST
            try:
                _add(handle, end, line + b"\n")
            except OSError as error:
                if error.errno not in _ROOM or not reserve.give():
                    raise
                _add(handle, end, line + b"\n")
            reserve.keep()
    except TimeoutError as error:
        raise StoreError(f"somebody else writes to {path}", kind="busy", hint="try again") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        full = error.errno in _ROOM
        raise StoreError(f"{path} cannot be written: {reason}", kind="full" if full else "refused") from error


def _last(handle: int) -> tuple[bytes, int]:
    """The last whole line without its end, and where that is."""
    size = os.fstat(handle).st_size
    start = max(0, size - 2 * LONGEST)
    os.lseek(handle, start, os.SEEK_SET)
    data = b""
    while piece := os.read(handle, 2 * LONGEST):
        data += piece
    whole = data[: data.rfind(b"\n") + 1]
    if not whole and start:
        raise OSError(errno.EINVAL, "it ends in a line without end")
    return whole[:-1].rpartition(b"\n")[2], start + len(whole)


def _add(handle: int, end: int, line: bytes) -> None:
    """Write a line at the end of all whole ones, or leave none of it."""
    os.ftruncate(handle, end)
    try:
        written = 0
        while written < len(line):
            written += os.write(handle, line[written:])
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, end)
        raise
