"""The log of a repository as commits: who, when, why, and how many lines of which files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from octad.read.git.sealed import Where, sealed

TIMEOUT_S = 1800
RENAMES = 200
"""Beyond so many files git does not look for renames: the cost is their square."""
MARK = "/\x02"
"""How a commit begins: no path does so, for none begins at the root."""
LATEST = 253_402_300_799
"""The last second of the year 9999, in Unix time."""
_FORMAT = MARK + "%H%x00%P%x00%ct%x00%aI%x00%aN%x00%B"
_LINES = (
    "-z", "--numstat", "--find-renames", f"-l{RENAMES}", "--no-ext-diff", "--no-textconv", "--no-color",
    "--no-relative", "--ignore-submodules",
)  # fmt: skip
_WALK = ("--date-order", "--no-show-signature", f"--format={_FORMAT}")
_LOG = ("log", *_LINES, *_WALK)
_NAMES = (
    "log", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-color", "--no-relative",
    "--ignore-submodules", *_WALK,
)  # fmt: skip
_DIFF = ("diff-tree", "-r", *_LINES)
_MERGES = ("--no-merges", "--diff-merges=first-parent")


class FileLines(NamedTuple):
    """One file of a commit: where it is, where it was, lines added and deleted (0 for a binary file)."""

    path: str
    old_path: str
    added: int
    deleted: int


FilesOf = Callable[[list[str], int], tuple[list[FileLines], int]]


class Commit(NamedTuple):
    """One commit; a merge has the files that it brought to the first of its parents.

    `time` is when it went in (Unix seconds of the committer), `written` when its author wrote it, with
    the clock of the author's place; `author` is a name as `.mailmap` has it.
    """

    revision: str
    time: int
    written: datetime
    author: str
    message: str
    files: tuple[FileLines, ...]
    parents: tuple[str, ...] = ()


def read_log(
    where: Where, revision: str = "HEAD", *, most: int | None = None, merges: bool = False
) -> list[Commit]:
    """Commits up to `revision`, the oldest first, at most the `most` newest; merges where asked for.

    Parents come before children. Raises RepositoryError without git, a repository or the revision.
    """
    limit = [] if most is None else [f"--max-count={most}"]
    output = sealed(where).run(
        *_LOG, _MERGES[merges], *limit, "--end-of-options", revision, "--", timeout=TIMEOUT_S
    )
    return list(commits_of(os.fsdecode(output)))[::-1]


def read_names(where: Where, revision: str, *, before: int, most: int, merges: bool = False) -> list[Commit]:
    """As `read_log`, the `most` commits that come before the `before` newest, without their lines.

    Only trees are compared, no files: that takes a twentieth of the time. Renames are not followed, and no
    file has lines.
    """
    limits = (f"--skip={before}", f"--max-count={most}")
    output = sealed(where).run(
        *_NAMES, _MERGES[merges], *limits, "--end-of-options", revision, "--", timeout=TIMEOUT_S
    )
    return list(commits_of(os.fsdecode(output), _named))[::-1]


def commits_of(output: str, files_of: FilesOf | None = None) -> Iterator[Commit]:
    """Commits in the order of the output of `git log` in the format of `read_log`.

    `files_of` reads the files of a commit from a field on, and says which field comes after the last.
    """
    read = files_of or _files
    fields = output.split("\0")
    at = 0
    while at + 5 < len(fields):
        # Lines of files follow the message, the first after a newline, until the next mark.
        revision, parents, time, written, author, message = fields[at : at + 6]
        files, at = read(fields, at + 6)
        seconds = _seconds(time)
        yield Commit(
            revision.lstrip("\n").removeprefix(MARK),
            seconds,
            _moment(written, seconds),
            author,
            message.strip(),
            tuple(files),
            tuple(parents.split()),
        )


def _seconds(text: str) -> int:
    """When a commit went in; 0 where the date is none, or lies beyond all years: git takes any."""
    seconds = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(LATEST)) else 0
    return seconds if seconds <= LATEST else 0


def _moment(written: str, time: int) -> datetime:
    """When the author wrote; where that date is none, as old imports have them, when it went in."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return datetime.fromtimestamp(time, tz=UTC)


def read_lines(where: Where, before: str, after: str) -> tuple[FileLines, ...]:
    """Files that differ between two commits or trees, with their lines."""
    output = sealed(where).run(*_DIFF, before, after, "--")
    return tuple(_files(os.fsdecode(output).split("\0"), 0)[0])


def _named(fields: list[str], at: int) -> tuple[list[FileLines], int]:
    """As `_files`, where the fields are the names of files alone."""
    files: list[FileLines] = []
    while at < len(fields) and not fields[at].startswith(MARK):
        if path := fields[at].lstrip("\n"):
            files.append(FileLines(path, path, 0, 0))
        at += 1
    return files, at


def _files(fields: list[str], at: int) -> tuple[list[FileLines], int]:
    """Files from field `at` on, and the field after the last; the paths of a rename are fields too."""
    files: list[FileLines] = []
    while at < len(fields) and not fields[at].startswith(MARK):
        parts = fields[at].lstrip("\n").split("\t", 2)
        at += 1
        if len(parts) < 3:
            continue
        path = old = parts[2]
        if not path:
            old, path = fields[at], fields[at + 1]
            at += 2
        added, deleted = (int(part) if part.isdigit() else 0 for part in parts[:2])
        files.append(FileLines(path, old, added, deleted))
    return files, at
