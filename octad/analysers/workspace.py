"""Run a tool over texts: all of them written to one temporary folder, one process for many files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from octad.analysers.merge import LEVELS
from octad.errors import ProcessError
from octad.host import processes, whole_file
from octad.records.code import Code
from octad.records.report import Anchor, Finding, Level, Skipped

MOST = 500
"""Findings of one tool in one file; a generated file with more of them says nothing more."""
MOST_HALVES = 64
"""How often files are halved to find the one that breaks a tool."""


@dataclass(frozen=True)
class Analysis:
    """What a tool found, and what it could not look at."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def __add__(self, other: Analysis) -> Analysis:
        """Both together; what both say of their tool is said once."""
        skipped = dict.fromkeys((*self.skipped, *other.skipped))
        return Analysis((*self.findings, *other.findings), tuple(skipped))


class Row(NamedTuple):
    """A finding in the words of a tool, with the file, line and level that it is about."""

    code: Code
    line: int
    level: Level
    said: Mapping[str, Any]


class ToolFailed(Exception):
    """A tool that is absent, slow or broken; the message says which and why, and the review goes on."""


class ToolCrashed(ToolFailed):
    """A tool that a signal ended, as where nesting overflows its stack: other files may not do that."""


@contextmanager
def written(codes: Sequence[Code]) -> Iterator[tuple[Path, dict[str, Code]]]:
    """A temporary folder holding the Python texts, and the code behind each relative name.

    The base name is kept because rules depend on it (`__init__.py`); the folder is not, so that no
    ignore file or import path of the reviewed repository is in force.
    """
    with whole_file.temporary_folder() as folder:
        names = {}
        for number, code in enumerate(codes):
            base = re.sub(r"[^A-Za-z0-9_.-]", "_", Path(code.path).name).lstrip(".-") or "code"
            base = base if base.endswith((".py", ".pyi")) else f"{base[:100]}.py"
            name = f"{number:05d}/{base[-100:]}"
            write_plain(folder / name, code.text)
            names[name] = code
        yield folder, names


def write_plain(path: Path, text: str) -> None:
    """Write a text for a tool, which numbers its lines as Octad does: they end at a line feed alone."""
    whole_file.put(path, text.replace("\r", " ").encode("utf-8", "replace"))


def output(command: Sequence[str], folder: Path, timeout: float, *, threads: int = 0) -> str:
    """Standard output of a tool run inside `folder`; raises ToolFailed where there is none to trust.

    Settings of the user's own (RUFF_OUTPUT_FILE, PYTHONPATH and the like) are not in its environment: they
    would redirect or change what is read here. `threads` bounds those of a tool written in Rust.
    """
    environment = {"RAYON_NUM_THREADS": str(threads)} if threads else {}
    try:
        done = processes.run(command, folder, processes.Bounds(timeout), environment=environment)
    except ProcessError as error:
        raise ToolFailed(error.message) from None
    if done.status != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        failure = ToolCrashed if done.status < 0 else ToolFailed
        raise failure(f"failed with status {done.status}: {said[-1] if said else 'no message'}")
    return done.stdout.decode("utf-8", "replace")


def answers(
    ask: Callable[[Sequence[str]], list[dict[str, Any]]], names: Sequence[str]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """What a tool says of all files, and why it says nothing of some: where it crashes, each half is asked.

    Raises ToolFailed where asking for less would not help.
    """
    found: list[dict[str, Any]] = []
    crashed: dict[str, str] = {}
    waiting, left = [names], MOST_HALVES
    while waiting:
        some = waiting.pop()
        try:
            found += ask(some)
        except ToolCrashed as error:
            if len(some) == 1 or not left:
                crashed.update(dict.fromkeys(some, str(error)))
            else:
                left -= 1
                waiting += [some[len(some) // 2 :], some[: len(some) // 2]]
    return found, crashed


def gravest(rows: Iterable[Row], tool: str) -> tuple[list[Row], tuple[Skipped, ...]]:
    """The rows of interest, in every file no more than MOST, and where there were more."""
    of_file: Counter[str] = Counter()
    kept = []
    for row in sorted(filter(_of_interest, rows), key=lambda row: LEVELS[row.level]):
        of_file[row.code.path] += 1
        if of_file[row.code.path] <= MOST:
            kept.append(row)
    over = {path: count for path, count in of_file.items() if count > MOST}
    return kept, tuple(
        Skipped(path=path, reason=f"{tool}: only the {MOST:,} gravest of {count:,} findings are shown")
        for path, count in over.items()
    )


def reviewable(codes: Sequence[Code]) -> list[Code]:
    """Whole Python files: in a loose hunk or unit every name would seem undefined."""
    return [
        code
        for code in codes
        if code.language == "python"
        and code.first_line == 1
        and "hunk" not in code.flags
        and code.text.strip()
    ]


def anchored(code: Code, start: tuple[int, int], end: tuple[int, int]) -> Anchor:
    """An anchor from 1-based (line, column) places; the end is excluded and never before the start."""
    last = max(start, end)
    return Anchor(path=code.path, line=start[0], column=start[1], end_line=last[0], end_column=last[1])


def _of_interest(row: Row) -> bool:
    """Whether a finding starts on a changed line; always, where the code is not part of a change."""
    changed = row.code.changed
    return changed is None or any(lines.first <= row.line <= lines.last for lines in changed)
