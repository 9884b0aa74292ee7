"""Whatever is shown on standard output or standard error: nothing in it can steer the terminal.

Names of files, messages of programs and answers of servers are written by others. A control, escape or
bidirectional character in them is shown as one that is seen.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from octad.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console

_CONTROL = {code: 0x2400 + code for code in range(32) if code != 9} | {127: 0x2421}
_CONTROL |= {code: 0xFFFD for code in range(0x80, 0xA0)}
_HIDDEN = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_COLOUR = re.compile(r"(\x1b\[[0-9;]{0,40}m|\n)")
"""What passes in a text that was laid out here: colours, which move nothing, and the ends of lines."""


class LaidOut(str):
    """Text whose colours are Octad's own, and in which all else is seen."""

    __slots__ = ()


def visible(text: str) -> str:
    """Every control, bidirectional or zero-width character as one that is seen; tabs and lengths stay."""
    if text.isprintable():
        return text
    return _HIDDEN.sub("\ufffd", text.translate(_CONTROL))


def visible_lines(text: str) -> str:
    """The same of a text of several lines, whose ends stay."""
    return "\n".join(map(visible, text.split("\n")))


def show(text: str) -> None:
    """Write text for people to standard output, whose reader may have gone; raises OutputError."""
    _put(visible_lines(text))


def emit(text: str) -> None:
    """Write a report to standard output as it is; of one that was not laid out a terminal gets what is seen.

    Raises OutputError.
    """
    _put(shown(text) if is_terminal(sys.stdout) else text)


def shown(text: str) -> str:
    """What a terminal is given of a report."""
    return text if isinstance(text, LaidOut) else visible_lines(text)


def say(line: str) -> None:
    """One line for the person at the terminal, beside the report."""
    if sys.stderr is not None:
        sys.stderr.write(f"octad: {visible(line)}\n")


def complain(text: str) -> None:
    """Some lines on standard error, as they are but for what is not seen in them."""
    if sys.stderr is not None:
        sys.stderr.write(visible_lines(text))


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at a stream."""
    return stream is not None and stream.isatty()


def is_terminal_at(path: Path) -> bool:
    """Whether a path is that of a terminal, such as `/dev/stdout` may be."""
    try:
        if not path.is_char_device():
            return False
        device = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    except OSError:
        return False
    try:
        return os.isatty(device)
    finally:
        os.close(device)


def is_coloured() -> bool:
    """Whether standard output is a terminal that shows colours, and nobody asked for none."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """Columns of the terminal; a wide line where there is none."""
    try:
        return max(40, os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns)
    except (OSError, ValueError):
        return 120


def laid_out(width: int, *, color: bool) -> Console:
    """What lays text out for a terminal; `text_of` gives what it made, which is still to be shown."""
    from rich.console import Console

    return Console(
        file=StringIO(), force_terminal=color, color_system="truecolor" if color else None, width=width,
        legacy_windows=False, highlight=False, emoji=False, markup=False, no_color=not color,
    )  # fmt: skip


def text_of(console: Console) -> LaidOut:
    """What was laid out: nothing but colours is left that is not seen."""
    assert isinstance(console.file, StringIO)
    parts = enumerate(_COLOUR.split(console.file.getvalue()))
    return LaidOut("".join(part if at % 2 else visible(part) for at, part in parts))


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error that takes (done, total); None where that is no terminal, or nothing to say."""
    stream = _plain(sys.stderr)
    if not label or not is_terminal(stream):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    # The bar moves the cursor, which nothing else may: it has the stream itself, and moves out of the way of
    # what others say on its own stand-in for it.
    with Progress(console=Console(file=stream), transient=True, redirect_stdout=False) as bar, guarded():
        task = bar.add_task(visible(label), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def guarded() -> Iterator[None]:
    """While this holds, whatever is printed is made visible: warnings, tracebacks, what libraries say."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_guard(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _guard(stream: TextIO | None) -> TextIO:
    is_as_it_is = stream is None or isinstance(stream, _Visible)
    return cast(TextIO, stream if is_as_it_is else _Visible(cast(TextIO, stream)))


def _plain(stream: TextIO) -> TextIO:
    return stream.plain if isinstance(stream, _Visible) else stream


class _Visible:
    """A text stream that nothing invisible passes."""

    def __init__(self, plain: TextIO) -> None:
        self.plain = plain

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def write(self, text: str) -> int:
        """Write what is seen of a text."""
        self.plain.write(visible_lines(text))
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        """Write what is seen of some lines."""
        for line in lines:
            self.write(line)


def _put(text: str) -> None:
    """Write to standard output as far as its encoding goes; raises OutputError."""
    stream = _plain(sys.stdout)
    if stream is None:
        raise OutputError("standard output is closed", hint="name a file with --output")
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # `octad ... | head`: the exit code still counts.
        _abandon(stream)
    except OSError as error:
        _abandon(stream)
        raise OutputError(f"cannot write the report: {(error.strerror or '').lower()}") from error


def _abandon(stream: TextIO) -> None:
    """Turn standard output away, or Python would fail to flush it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
