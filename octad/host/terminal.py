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
from typing import TYPE_CHECKING, Any, TextIO, cast

from octad.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console

_CONTROL = {code: 0x2400 + code for code in range(32) if code != 9} | {127: 0x2421}
_CONTROL |= {code: 0xFFFD for code in range(0x80, 0xA0)}
_HIDDEN = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_COLOUR = re.compile(r"(\x1b\[[0-9;]{0,40}m|\n)")
"""What may pass in a text of several lines: colours, and the ends of lines."""


def visible(text: str) -> str:
    """Every control, bidirectional or zero-width character as one that is seen; tabs and lengths stay."""
    if text.isprintable():
        return text
    return _HIDDEN.sub("\ufffd", text.translate(_CONTROL))


def visible_lines(text: str) -> str:
    """The same of a text of several lines, whose ends stay, as do colours, which move nothing."""
    if "\x1b" not in text:
        return "\n".join(map(visible, text.split("\n")))
    return "".join(part if at % 2 else visible(part) for at, part in enumerate(_COLOUR.split(text)))


def show(text: str) -> None:
    """Write text for people to standard output, whose reader may have gone; raises OutputError."""
    _put(visible_lines(text))


def emit(text: str) -> None:
    """Write a data format to standard output as it is; what a terminal shows of it is made visible.

    Raises OutputError.
    """
    _put(visible_lines(text) if is_terminal(sys.stdout) else text)


def say(line: str) -> None:
    """One line for the person at the terminal, beside the report."""
    if sys.stderr is not None:
        sys.stderr.write(f"octad: {visible(line)}\n")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at a stream."""
    return stream is not None and stream.isatty()


def is_coloured() -> bool:
    """Whether standard output is a terminal that shows colours, and nobody asked for none."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """Columns of the terminal; a wide line where there is none."""
    try:
        return max(40, os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns)
    except (OSError, ValueError):
        return 120


def console(width: int, *, color: bool) -> tuple[Console, StringIO]:
    """What lays text out for a terminal, and where it puts it; the text is still to be shown."""
    from rich.console import Console

    buffer = StringIO()
    made = Console(
        file=buffer, force_terminal=color, color_system="truecolor" if color else None, width=width,
        legacy_windows=False, highlight=False, emoji=False, markup=False, no_color=not color,
    )  # fmt: skip
    return made, buffer


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error that takes (done, total); None where that is no terminal, or nothing to say."""
    stream = _plain(sys.stderr)
    if not label or not is_terminal(stream):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    # The bar moves the cursor, which nothing else may: it has the stream itself.
    with Progress(console=Console(file=stream), transient=True, redirect_stderr=False) as bar:
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


def _guard(stream: TextIO) -> TextIO:
    return stream if stream is None or isinstance(stream, _Visible) else cast(TextIO, _Visible(stream))


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
    encoding = stream.encoding or "utf-8"
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
