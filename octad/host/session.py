"""Python of a stranger, run piece by piece in the sandbox: what each piece printed, and what it raised.

The verdict is the caller's, who compares what came with what he holds and never handed over. A piece counts
as run only where its result came, in its turn, behind a random word, from a process whose results are as many
as it says at its end: leaving early (`os._exit(0)`), a faked line, a patched comparison are no results. Code
in the same interpreter that looks for the word on purpose can still say what it likes about itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from octad.errors import ProcessError
from octad.host.files import read_text
from octad.host.interpreters import Interpreter
from octad.host.isolation import Limits, View
from octad.host.sandbox import run


class Piece(NamedTuple):
    """Some Python; what is `typed` shows the value of its expression, as a prompt does."""

    source: str
    is_typed: bool = False


class Session(NamedTuple):
    """Pieces that share their names, which begin with those of a module where one is named."""

    pieces: tuple[Piece, ...]
    module: str = ""


class Raised(NamedTuple):
    """An exception: its class and what that inherits, as Python shows it, and what it is about.

    `is_direct` says that the piece itself raised it, not what it called; `name` the module or attribute that
    is missing; `owner` the module of what lacks an attribute, or was called in a wrong way.
    """

    kinds: tuple[str, ...]
    text: str
    message: str
    is_direct: bool
    name: str
    owner: str


class Outcome(NamedTuple):
    """What a piece printed and raised."""

    output: str
    raised: Raised | None


class Project(NamedTuple):
    """The code that sessions are about: its folder, where it imports from, its packages, its Python."""

    root: str
    path: tuple[str, ...]
    tops: tuple[str, ...]
    interpreter: Interpreter


class Came(NamedTuple):
    """Results of sessions, of each first that of its module; fewer where they ended early, and then why."""

    results: tuple[tuple[Outcome, ...], ...]
    early: str


def outcomes(sessions: Sequence[Session], project: Project, limits: Limits | None = None) -> Came:
    """Run sessions in one process, each with names of its own; raises IsolationError."""
    word = secrets.token_hex(16)
    limits = limits or Limits()
    given = {
        "seconds": _FOR_PIECES * limits.seconds,
        "word": word,
        "path": project.path,
        "tops": project.tops,
        "sessions": [
            {"module": one.module, "pieces": [_asked(piece) for piece in one.pieces]} for one in sessions
        ],
    }
    view = View({**project.interpreter.folders, project.root: project.root}, _ENVIRONMENT)
    command = [project.interpreter.path, "-I", "-B", "-c", _inside()]
    try:
        finished = run(command, view, limits, stdin=json.dumps(given).encode() + b"\n")
    except ProcessError as error:
        return Came(tuple(() for _ in sessions), str(error))
    return _told(finished.stdout, word, [1 + len(one.pieces) for one in sessions])


def _asked(piece: Piece) -> tuple[str, str]:
    """A piece, and how Python compiles it."""
    return piece.source, "single" if piece.is_typed else "exec"


_FOR_PIECES = 0.7
"""The share of the time in which pieces are begun, so that what came of them is told."""
_ENVIRONMENT: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "NO_COLOR": "1", "COLUMNS": "80",
}  # fmt: skip


@cache
def _inside() -> str:
    return read_text(Path(__file__).with_name("inside.py"))


def _told(stdout: bytes, word: str, counts: list[int]) -> Came:
    """Results as far as they came in their turn."""
    lines = stdout.decode("utf-8", "replace").split("\n")
    said = [_parsed(line[len(word) + 1 :]) for line in lines if line.startswith(word + " ")]
    turns = [(number, place) for number, count in enumerate(counts) for place in range(count)]
    results: list[list[Outcome]] = [[] for _ in counts]
    count = 0
    for (number, place), came in zip(turns, said[1:], strict=False):
        outcome = _outcome(came[3:]) if came[:3] == ["came", number, place] else None
        if outcome is None:
            break
        results[number].append(outcome)
        count += 1
    is_whole = said[:1] == [["begun"]] and count == len(turns) and said[count + 1 :] == [["ended", count]]
    early = "" if is_whole else "did not begin" if not said else "ended before its results were complete"
    return Came(tuple(map(tuple, results)), early)


def _parsed(text: str) -> list[Any]:
    """A line of results; nothing where it is none."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return said if isinstance(said, list) else []


def _outcome(said: list[Any]) -> Outcome | None:
    """What came of a piece; None where a line says something else."""
    if len(said) != 2 or not isinstance(said[0], str):
        return None
    if said[1] is None:
        return Outcome(said[0], None)
    try:
        kinds, is_direct = said[1].pop("kinds"), said[1].pop("is_direct")
        raised = Raised(kinds=tuple(kinds), is_direct=is_direct is True, **said[1])
    except (TypeError, AttributeError, KeyError):
        return None
    texts = (raised.text, raised.message, raised.name, raised.owner, *raised.kinds)
    return Outcome(said[0], raised) if all(isinstance(one, str) for one in texts) else None
