"""What changed in the public interface between two commits, and which commits made it so."""

from __future__ import annotations

import re
from collections.abc import Iterable

from octad.errors import RepositoryError
from octad.read.code.revision import api_at
from octad.read.git.sealed import Sealed
from octad.records.api import ApiChange
from octad.records.notes import Broken
from octad.records.skipped import Skipped
from octad.repository.api_changes import api_changes

MOST, SEARCHED = 400, 60
"""Changes that are told, and searches of the history for who made them; the rest are told of the whole."""
TIMEOUT_S = 20


def broken_between(git: Sealed, base: str, tip: str) -> tuple[tuple[Broken, ...], tuple[Skipped, ...]]:
    """Changes that users of the interface may notice, each with the newest commit that may have made it."""
    if not base:
        return (), ()
    changes = [one for one in api_changes(api_at(git, base), api_at(git, tip)) if one.is_breaking]
    finder = _Finder(git, base, tip)
    found = tuple(Broken(change=one, commits=finder.commits(one)) for one in changes[:MOST])
    more = len(changes) - MOST
    said = f"{more:,} more changes of the interface are not told: there are {len(changes):,}"
    return found, (Skipped(path=f"{base[:12]}..{tip[:12]}", reason=said),) if more > 0 else ()


class _Finder:
    """Finds who changed a definition; each search once, and only so many."""

    def __init__(self, git: Sealed, base: str, tip: str) -> None:
        self._git, self._base, self._tip = git, base, tip
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def commits(self, change: ApiChange) -> tuple[str, ...]:
        """The commits whose lines name what changed, else those that touched its file; at worst the last."""
        paths = tuple(dict.fromkeys(one.path for one in (change.place_before, change.place_after) if one))
        for words in _searches(change):
            if found := self._search(f"-G{words}", *_limit(1), paths=paths):
                return found
        return self._search(*_limit(3), paths=paths) or (self._tip,)

    def _search(self, *how: str, paths: tuple[str, ...]) -> tuple[str, ...]:
        key = (*how, *paths)
        if key not in self._known:
            if len(self._known) >= SEARCHED or not paths:
                return ()
            span = f"{self._base}..{self._tip}"
            try:
                output = self._git.run(
                    "log",
                    "--extended-regexp",
                    "--format=%H",
                    "--no-merges",
                    "--no-show-signature",
                    *how,
                    span,
                    "--",
                    *paths,
                    timeout=TIMEOUT_S,
                )
            except RepositoryError:
                output = b""
            self._known[key] = tuple(output.decode("ascii", "replace").split())
        return self._known[key]


def _limit(count: int) -> tuple[str, ...]:
    return (f"--max-count={count}",)


def _searches(change: ApiChange) -> Iterable[str]:
    """Patterns of the lines that make a change, the surest first, for git's extended expressions."""
    own = re.escape(change.name.rpartition(".")[2])
    if change.parameter:
        yield rf"\b{re.escape(change.parameter)}\b"
    yield rf"\b(def|class)\s+{own}\b|^\s*{own}\s*[:=]"
    yield rf"\b{own}\b"
