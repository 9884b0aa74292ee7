"""The fourteen measures of every commit of a log, in one pass over it.

Y. Kamei et al., A large-scale empirical study of just-in-time quality assurance, IEEE Transactions on
Software Engineering 39 (2013). A subsystem is a folder of the top level, `nuc` and `sexp` count commits
and not files, and a renamed file keeps its past. Lines before (`lt`) are counted from the lines of the log,
so that of a history that was cut off they are too few; changes that only a merge made are not counted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from octad.read.history.fix_messages import is_fix
from octad.read.history.log import Commit, FileLines
from octad.records.change import Measures

DAY, YEAR = 86_400, 365.25 * 86_400
_SPAN = 30 * DAY
"""Commits of an author are weighted by age in spans: their mean age errs little within one."""


@dataclass(slots=True)
class _File:
    """What happened to one file so far."""

    lines: int = 0
    time: int = 0
    commits: list[int] = field(default_factory=list)
    people: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Person:
    """What one author did so far: commits, commits by subsystem, number and sum of times by span."""

    commits: int = 0
    subsystems: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    spans: dict[int, tuple[int, float]] = field(default_factory=dict)


class Past:
    """Files and people as a log left them; `measures` asks before `add` makes a commit part of it."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._people: dict[str, _Person] = {}
        self._n = 0

    def measures(self, commit: Commit) -> Measures:
        """What a commit is, and what came before it."""
        files = commit.files
        known = [self._files[file.old_path] for file in files if file.old_path in self._files]
        ages = [max(commit.time - file.time, 0) / DAY for file in known]
        person = self._people.get(commit.author, _Person())
        subsystems = {_subsystem(file.path) for file in files}
        return Measures(
            ns=len(subsystems),
            nd=len({file.path.rpartition("/")[0] for file in files}),
            nf=len(files),
            entropy=_entropy([file.added + file.deleted for file in files]),
            la=sum(file.added for file in files),
            ld=sum(file.deleted for file in files),
            lt=sum(file.lines for file in known),
            fix=float(is_fix(commit.message)),
            ndev=_distinct([file.people for file in known]),
            age=sum(ages) / len(files) if files else 0.0,
            nuc=_distinct([file.commits for file in known]),
            exp=person.commits,
            rexp=_recent(person, commit.time),
            sexp=_distinct([person.subsystems[name] for name in subsystems if name in person.subsystems]),
        )

    def add(self, commit: Commit) -> None:
        """Make a commit part of the past."""
        person = self._people.setdefault(commit.author, _Person())
        person.commits += 1
        span = commit.time // _SPAN
        number, total = person.spans.get(span, (0, 0.0))
        person.spans[span] = number + 1, total + commit.time
        for name in {_subsystem(file.path) for file in commit.files}:
            person.subsystems[name].append(self._n)
        for line in commit.files:
            self._touch(line, commit)
        self._n += 1

    def _touch(self, line: FileLines, commit: Commit) -> None:
        if line.old_path != line.path and line.old_path in self._files:
            self._files[line.path] = self._files.pop(line.old_path)
        file = self._files.setdefault(line.path, _File())
        file.lines = max(file.lines + line.added - line.deleted, 0)
        file.time = max(file.time, commit.time)
        file.commits.append(self._n)
        file.people.add(commit.author)


def measured(commits: Iterable[Commit]) -> Iterator[tuple[Commit, Measures]]:
    """Every commit of a log, the oldest first, with its measures."""
    past = Past()
    for commit in commits:
        yield commit, past.measures(commit)
        past.add(commit)


def _subsystem(path: str) -> str:
    return path.split("/", 1)[0] if "/" in path else ""


def _entropy(lines: Sequence[int]) -> float:
    """Entropy in bits of the changed lines over the files."""
    total = sum(lines)
    return -sum(n / total * math.log2(n / total) for n in lines if n) + 0.0 if total else 0.0


def _distinct(parts: Sequence[Iterable[object]]) -> int:
    return len(set().union(*parts))


def _recent(person: _Person, time: int) -> float:
    """Commits so far, each weighted by 1 / (years ago + 1)."""
    return sum(number / (max(time - total / number, 0) / YEAR + 1) for number, total in person.spans.values())
