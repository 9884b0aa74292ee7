"""Nothing that others wrote reaches a terminal as anything but characters that are seen."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from rich.text import Text

from octad.cli.main import run
from octad.cli.output import write
from octad.errors import OutputError
from octad.host import terminal

STEERING = {
    "colour": "\x1b[31m", "hidden text": "\x1b[8m", "clear": "\x1b[2J", "cursor": "\x1b[10A",
    "title": "\x1b]0;x\x07", "clipboard": "\x1b]52;c;eA==\x07", "link": "\x1b]8;;http://x\x1b\\",
    "answer back": "\x1b[c", "device": "\x1bP+q\x1b\\", "reset": "\x1bc", "eight bits": "\x9b31m",
    "title in eight bits": "\x9d0;x\x9c", "bell": "\x07", "back": "x\x08", "delete": "\x7f",
    "return": "good\rbad", "form feed": "\x0c", "vertical": "\x0b", "NUL": "\0", "shift": "\x0e",
    "override": "\u202e", "isolate": "\u2066", "mark": "\u200f", "zero width": "\u200b", "joiner": "\u200d",
    "byte order": "\ufeff", "line separator": "\u2028", "annotation": "\ufff9",
}  # fmt: skip


class Screen(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


def steers(text: str) -> set[str]:
    """The characters of a text that a terminal would not show as one."""
    return {one for one in text if not one.isprintable() and one not in "\n\t"}


@contextmanager
def screen() -> Iterator[Screen]:
    """What both streams go to."""
    made = Screen()
    with redirect_stdout(made), redirect_stderr(made):
        yield made


def printed(text: str) -> None:
    with terminal.guarded():
        print(text, file=sys.stderr)
        sys.stdout.writelines([text])


def laid_out(text: str) -> None:
    console = terminal.laid_out(80, color=True)
    console.print(Text(text, "bold"))
    shown = terminal.text_of(console)
    assert "\x1b[1m" in shown or text.strip() == "", "its own colours stay"
    sys.stdout.write(shown.replace("\x1b[1m", "").replace("\x1b[0m", ""))


def raised(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError:
        import traceback

        terminal.complain(traceback.format_exc())


def reported(text: str) -> None:
    write(text, None)


WAYS = (
    terminal.say, terminal.complain, terminal.show, terminal.emit, reported, printed, raised,
)  # fmt: skip


def check_shown(kind: str, way: Callable[[str], None]) -> None:
    with screen() as seen:
        way(f"a{STEERING[kind]}b")
    assert not steers(seen.getvalue()) and "b" in seen.getvalue()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", STEERING)
def test_nothing_steers_the_terminal(kind: str, way: Callable[[str], None]) -> None:
    check_shown(kind, way)


def plainly(text: str) -> None:
    sys.stderr.write(text)


@pytest.mark.parametrize("kind", STEERING)
def test_written_plainly_it_does(kind: str) -> None:
    """The control."""
    with pytest.raises(AssertionError):
        check_shown(kind, plainly)


@pytest.mark.parametrize("kind", sorted(set(STEERING) - {"colour", "hidden text"}))
def test_of_what_is_laid_out_colours_alone_pass(kind: str) -> None:
    with screen() as seen:
        laid_out(f"a{STEERING[kind]}b")
    assert not steers(seen.getvalue())


ARGUMENTS = (
    "{}", "review --{}", "review {}", "review --format {}", "describe {}", "rule {}", "review --weights {} .",
    "ask {} {}", "debug --logs {}", "train {}", "review --output {}/{}", "deps {}", "search x {}",
    "assess --metrics {}", "review --diff {}", "explain {}:1", "review --fail-on {}",
    "review --min-probability {}",
)  # fmt: skip


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_no_name_on_the_command_line_steers_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text("x = 1\n")
    for kind in ("title", "eight bits", "override", "return"):
        with screen() as seen:
            run([part.replace("{}", f"a{STEERING[kind]}b") for part in arguments.split()])
        assert seen.getvalue() and not steers(seen.getvalue())


SAID_BY_PYTHON = """
import sys, threading, warnings
from octad.host import terminal
hostile = sys.argv[1]
class Odd:
    def __del__(self): raise ValueError(hostile)
def fail(): raise ValueError(hostile)
with terminal.guarded():
    warnings.warn(hostile)
    thread = threading.Thread(target=fail, name=hostile)
    thread.start(), thread.join()
    odd = Odd()
    del odd
"""


def test_what_python_says_of_itself_does_not() -> None:
    """A warning, and what a thread and a destructor raise."""
    hostile = "a\x1b]0;x\x07b\u202e"
    done = subprocess.run([sys.executable, "-c", SAID_BY_PYTHON, hostile], capture_output=True, check=True)
    said = done.stderr.decode()
    assert said.count("a␛]0;x␇b\ufffd") >= 3 and not steers(said)


def test_a_format_for_machines_is_piped_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.emit("\u202e\x1b")
    assert capsys.readouterr().out == "\u202e\x1b"
    terminal.show("\x1b[31m\u202e\n")
    assert capsys.readouterr().out == "␛[31m\ufffd\n"


def test_a_bar_moves_the_cursor_and_what_is_said_beside_it_does_not() -> None:
    with screen() as seen, terminal.guarded(), terminal.progress("x\x07y") as advance:
        assert advance is not None
        advance(1, 2)
        terminal.say("\x1b]0;title\x07")
    assert "\x07" not in seen.getvalue() and "\x1b]" not in seen.getvalue() and "\x1b[" in seen.getvalue()


def test_streams_are_as_they_were() -> None:
    with screen() as seen:
        with pytest.raises(KeyboardInterrupt), terminal.guarded():
            assert sys.stdout is not seen and sys.stdout.isatty()
            with terminal.guarded():
                raise KeyboardInterrupt
        assert sys.stdout is seen and sys.stderr is seen


def test_closed_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with terminal.guarded():
        terminal.say("x")
        terminal.complain("x")
        for way in (terminal.show, terminal.emit):
            with pytest.raises(OutputError, match="closed"):
                way("x")
    assert not terminal.is_coloured()


def test_a_real_terminal_gets_a_report_by_its_path_too() -> None:
    """`-o /dev/stdout` on a terminal is a device: what is shown there is made visible, too."""
    ours, theirs = pty.openpty()
    said = "write('a\\x1b]0;x\\x07b\\u202e', Path('/dev/stdout'))"
    program = f"from pathlib import Path; from octad.cli.output import write; {said}"
    subprocess.run([sys.executable, "-c", program], stdout=theirs, check=True)
    os.close(theirs)
    assert os.read(ours, 1_000).decode() == "a␛]0;x␇b\ufffd"
    os.close(ours)
    assert not terminal.is_terminal_at(Path("/dev/null")) and not terminal.is_terminal_at(Path("/octad/none"))
