"""Where a verb writes: a file or standard output, and a progress bar where somebody is looking."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from octad.errors import OutputError
from octad.host.whole_file import replace

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
    """Write to a file, or to standard output whose reader may have gone; raises OutputError."""
    if path is not None:
        try:
            data = text.encode("utf-8", "replace")
            if path.exists() and not (path.is_file() and os.access(path.parent, os.W_OK)):
                path.write_bytes(data)  # a device, a pipe, or a folder in which no file can be made
            else:
                replace(path.resolve(), data)
        except OSError as error:
            raise OutputError(f"cannot write {path}: {(error.strerror or '').lower()}", hint=_HINT) from error
        return
    if sys.stdout is None:
        raise OutputError("standard output is closed", hint="name a file with --output")
    try:
        sys.stdout.write(_encodable(text))
        sys.stdout.flush()
    except BrokenPipeError:
        # `octad ... | head`: the exit code still counts.
        _abandon_output()
    except OSError as error:
        _abandon_output()
        raise OutputError(f"cannot write the report: {(error.strerror or '').lower()}") from error


def _abandon_output() -> None:
    """Turn standard output away, or Python would fail to flush it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    """One line for the person at the terminal, beside the report."""
    if sys.stderr is not None:
        from octad.host.terminal import visible

        sys.stderr.write(f"octad: {visible(line)}\n")


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error that takes (done, total); None where that is no terminal, or nothing to say."""
    if not label or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _encodable(text: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
