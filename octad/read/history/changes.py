"""A revision as a change with what came before it: message, author, time and the measures of its past."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from octad.errors import InputError, RepositoryError
from octad.read.code.git import Repository, read_revision
from octad.read.git.sealed import Sealed
from octad.read.history.diffs import file_of, read_diff, with_lines
from octad.read.history.familiarity import familiarity, taken_back
from octad.read.history.log import Commit, read_lines, read_log, read_names
from octad.read.history.measures import Past
from octad.read.history.shallow import UNSHALLOW, is_shallow
from octad.records.change import Change, Familiarity, FileChange, Measures, paths_of
from octad.records.lines import encodable
from octad.signals.change_history import PastChange

MOST, COUNTED = 20_000, 2_000
"""Commits of the past that are read, and the newest of these whose lines are counted: both bound the time."""


class Told(NamedTuple):
    """A change, and the changes before it with it as the last; these are none where the past is not known."""

    change: Change
    past: list[PastChange]


def read_told(revision: str | None = None, folder: Path | None = None) -> Told:
    """A commit, a range `A..B` or `A...B`, or without a revision what the working tree changes; and its past.

    A merge is what it brought to its first parent, a range is one change with the messages of its commits. In
    a shallow clone the past is cut off: counts of it would be wrong, so that there are none. Raises
    RepositoryError without git, a repository or the revision, InputError for a first commit.
    """
    repository = Repository(folder or os.getcwd())
    base, tip = _ends(repository, revision)
    commit = _commit(repository, base, tip)
    log = [] if is_shallow(repository.git) else _log(repository.git, base)
    past = list(past_changes(_measured(log, commit))) if log else []
    change = Change(
        files=tuple(_files(repository, base, tip)),
        message=encodable(commit.message),
        revision=commit.revision,
        author=encodable(commit.author),
        time=commit.written,
        measures=past[-1].measures if past else None,
        familiarity=_familiarity(log, commit) if past else None,
        without_past="" if past else f"this clone is shallow: {UNSHALLOW}",
    )
    return Told(change, past)


def _files(repository: Repository, base: str, tip: str) -> Iterator[FileChange]:
    """Both versions of each file with the lines that differ; of what is no code, these lines alone."""
    code = read_revision(f"{base}...{tip}" if tip else base, repository).change
    whole = {path: file for file in code.files for path in paths_of(Change(files=(file,)))} if code else {}
    for patch in read_diff(repository.git, *repository.ends([base, tip] if tip else [base])):
        file = whole.pop(repository.shown(patch.path or patch.old_path), None)
        yield with_lines(file, patch) if file else file_of(patch)
    # What is left differs in blanks alone, or is new and git does not track it.
    for file in whole.values():
        yield file if file.before is None else with_lines(file, None)


def _log(git: Sealed, base: str) -> list[Commit]:
    """The commits up to `base`, the newest of them with their lines."""
    newest = read_log(git, base, most=COUNTED)
    if len(newest) < COUNTED:
        return newest
    return [*read_names(git, base, before=COUNTED, most=MOST - COUNTED), *newest]


def _measured(log: Sequence[Commit], commit: Commit) -> Iterator[tuple[Commit, Measures]]:
    """The newest commits of a log with their measures, then `commit` with its own."""
    past = Past()
    for one in log[:-COUNTED]:
        past.add(one)
    for one in (*log[-COUNTED:], commit):
        yield one, past.measures(one)
        past.add(one)


def _familiarity(log: Sequence[Commit], commit: Commit) -> Familiarity:
    """How well the author knows the files, and how many of the newest changes were reverts."""
    newest = log[-COUNTED:]
    usual = {"reverts": taken_back(newest), "commits": len(newest)}
    return familiarity(log, commit).model_copy(update=usual)


def past_changes(commits: Iterable[tuple[Commit, Measures]]) -> Iterable[PastChange]:
    """Measured commits as a history that numbers are made of; none has a defect that came to light."""
    for commit, measures in commits:
        clock = commit.written
        yield PastChange(
            time=commit.time,
            measures=measures,
            hour=clock.hour + clock.minute / 60,
            weekday=clock.weekday(),
            author=commit.author,
            files=tuple(file.path for file in commit.files),
        )


def _ends(repository: Repository, revision: str | None) -> tuple[str, str]:
    """Full names of the commits before and after a change; "" stands for the working tree."""
    ends = repository.resolve("HEAD" if revision is None else revision)
    if revision is None:
        return ends[0], ""
    if len(ends) == 2:
        return ends[0], ends[1]
    try:
        return repository.commit(f"{ends[0]}^1", revision), ends[0]
    except RepositoryError as error:
        if is_shallow(repository.git):
            raise InputError(
                f"this clone is shallow: nothing of what came before {revision} is in it", hint=UNSHALLOW
            ) from error
        raise InputError(
            f"{revision} is the first commit here: nothing came before it", hint="name a later one"
        ) from error


def _commit(repository: Repository, base: str, tip: str) -> Commit:
    """What lies between two commits, or in the working tree, as one commit."""
    lines = read_lines(repository.git, *repository.ends([base, tip] if tip else [base]))
    if not tip:
        author = encodable(repository.git.settings.text("user.name").strip())
        now = datetime.now(UTC).astimezone()
        return Commit("", int(now.timestamp()), now, author, "", lines)
    inside = read_log(repository.git, f"{base}..{tip}")
    last = read_log(repository.git, tip, most=1)[-1]
    message = "\n\n".join(commit.message for commit in inside) if inside else last.message
    return last._replace(revision=tip, message=message, files=lines)
