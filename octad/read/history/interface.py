"""What changed in the public interface between two commits, and which commits made it so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from octad.budget import current
from octad.errors import RepositoryError
from octad.read.code.revision import api_at
from octad.read.git.sealed import Sealed
from octad.records.api import ApiChange
from octad.records.notes import InterfaceChange
from octad.records.release import Release
from octad.records.skipped import Skipped
from octad.repository.api_changes import api_changes

MOST, SEARCHED = 400, 100
"""Changes that are told, and searches of the history for who made them."""
NEWEST = 3
"""Commits to a file that are named where no search says which of them it was."""
TIMEOUT_S = 20


def interface_changes(
    git: Sealed, release: Release, *, every: bool = False
) -> tuple[tuple[InterfaceChange, ...], tuple[Skipped, ...]]:
    """Changes that users of the interface may notice, or `every` one, with the commits that made it."""
    if not release.base:
        return (), ()
    found = api_changes(api_at(git, release.base), api_at(git, release.tip))
    changes = sorted((one for one in found if every or one.is_breaking), key=lambda one: one.name.count("."))
    finder = _Finder(git, release)
    told = tuple(InterfaceChange(change=one, commits=finder.commits(one)) for one in changes[:MOST])
    more = len(changes) - MOST
    reason = f"{more:,} of {len(changes):,} changes of the interface are not told: these are too many"
    span = f"{release.base[:12]}..{release.tip[:12]}"
    return told, (Skipped(path=span, reason=reason),) if more > 0 else ()


class _Finder:
    """Finds who changed a definition: among the commits to its file by what their lines name."""

    def __init__(self, git: Sealed, release: Release) -> None:
        self._git, self._release = git, release
        self._of_file: dict[str, list[str]] = defaultdict(list)
        for commit in release.commits:
            if not commit.is_merge:
                for path in commit.paths:
                    self._of_file[path].append(commit.revision)
        self._known: dict[tuple[str, ...], list[str]] = {}

    def commits(self, change: ApiChange) -> tuple[str, ...]:
        """The commit whose lines name what changed, else the newest to its file; at worst the last of all."""
        places = (change.place_before, change.place_after)
        paths = tuple(dict.fromkeys(one.path for one in places if one))
        touched = list(dict.fromkeys(name for path in paths for name in self._of_file.get(path, ())))
        if len(touched) == 1:
            return tuple(touched)
        for words in _searches(change):
            if found := self._search(words, paths):
                return tuple(found)
        return tuple(touched[:NEWEST]) or (self._release.tip,)

    def _search(self, words: str, paths: tuple[str, ...]) -> list[str]:
        key = (words, *paths)
        if key not in self._known:
            if len(self._known) >= SEARCHED or not paths or current().spent():
                return []
            span = f"{self._release.base}..{self._release.tip}"
            command = ("log", "--format=%H", "--no-merges", "--no-show-signature", "--max-count=1")
            try:
                output = self._git.run(
                    *command, "--extended-regexp", f"-G{words}", span, "--", *paths, timeout=TIMEOUT_S
                )
            except RepositoryError:  # too slow, or a partial clone
                output = b""
            self._known[key] = output.decode("ascii", "replace").split()
        return self._known[key]


def _searches(change: ApiChange) -> Iterator[str]:
    """Patterns of the lines that make a change, the surest first, for git's extended expressions."""
    own = _escaped(change.name.rpartition(".")[2])
    if change.parameter:
        yield rf"\<{_escaped(change.parameter)}\>"
    yield rf"(def|class)[[:space:]]+{own}\>|^[[:space:]]*{own}[[:space:]]*[:=]"
    yield rf"\<{own}\>"


def _escaped(name: str) -> str:
    return re.sub(r"[^\w]", ".", name)
