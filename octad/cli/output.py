"""Where a verb writes: a file or standard output."""

from __future__ import annotations

import os
from pathlib import Path

from octad.errors import OutputError
from octad.host import terminal, whole_file

_HINT = "check folder and permissions"


def check_writable(path: Path | None) -> None:
    """Raise OutputError before the work is done rather than after it."""
    if path is None:
        return
    try:
        if path.is_dir():
            raise OutputError(f"cannot write {path}: is a folder", hint="name a file")
        if not path.parent.is_dir():
            raise OutputError(f"cannot write {path}: no such folder", hint=_HINT)
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise OutputError(f"cannot write {path}: permission denied", hint=_HINT)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {(error.strerror or '').lower()}", hint=_HINT) from error


def write(text: str, path: Path | None) -> None:
    """Write a report to a file, or to standard output whose reader may have gone; raises OutputError."""
    if path is None:
        terminal.emit(text)
        return
    try:
        text = terminal.shown(text) if terminal.is_terminal_at(path) else text
        whole_file.write(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise OutputError(f"cannot write {path}: {(error.strerror or '').lower()}", hint=_HINT) from error
