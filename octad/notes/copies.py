"""Commits that bring the same thing again: cherry-picks, backports, a branch beside its merge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from octad.notes.groups import Group, Names
from octad.notes.subjects import key_of, subject_of
from octad.records.notes import LeftOut
from octad.records.release import Release

_PICKED = re.compile(
    r"\(cherry[- ]picked from commit ([0-9a-f]{7,40})|\(backported from commit ([0-9a-f]{7,40})", re.I
)
RELEASED = "in the version before already"


def without_copies(release: Release, groups: Sequence[Group]) -> tuple[list[Group], list[LeftOut]]:
    """Groups with those of the same thing made one, and those that the version before had."""
    kept = [one for one in groups if not _is_released(release, one)]
    left = [LeftOut(reason=RELEASED, commits=one.revisions) for one in groups if _is_released(release, one)]
    of = {name: at for at, group in enumerate(kept) for name in group.revisions}
    names, same = Names(of), _Same(len(kept))
    by_words: dict[str, int] = {}
    for at, group in enumerate(kept):
        same.join(at, by_words.setdefault(_words(group), at))
        for one in group.commits:
            picked = (first or second for first, second in _PICKED.findall(one.body))
            others = (of.get(names.whole(name.lower())) for name in (*picked, one.copy_of) if name)
            for other in others:
                if other is not None:
                    same.join(at, other)
    return [_joined([kept[at] for at in places]) for places in same.classes()], left


def _is_released(release: Release, group: Group) -> bool:
    own = [one for one in group.commits if not one.is_merge]
    return bool(release.base) and bool(own) and all(one.copy_of == release.base for one in own)


def _words(group: Group) -> str:
    """What a group says; one that says nothing is like no other."""
    subject = subject_of(group.head.subject)
    return f"{subject.scope}:{key_of(subject.text)}" if len(subject.text) > 3 else group.head.revision


def _joined(groups: Sequence[Group]) -> Group:
    """One group of several: the longest words tell it."""
    head = max(
        (one.head for one in groups), key=lambda one: (len(subject_of(one.subject).text), len(one.body))
    )
    refs = dict.fromkeys(ref for group in groups for ref in group.head.refs)
    commits = {one.revision: one for group in groups for one in group.commits}
    return Group(head.model_copy(update={"refs": tuple(refs)}), tuple(commits.values()))


class _Same:
    """Numbers that are joined to each other, directly or by others."""

    def __init__(self, count: int) -> None:
        self._of = list(range(count))

    def _first(self, one: int) -> int:
        while self._of[one] != one:
            self._of[one] = self._of[self._of[one]]
            one = self._of[one]
        return one

    def join(self, one: int, other: int) -> None:
        """Make two one."""
        first, second = sorted((self._first(one), self._first(other)))
        self._of[second] = first

    def classes(self) -> Iterable[list[int]]:
        """The numbers by what they are joined to, in order."""
        found: dict[int, list[int]] = {}
        for one in range(len(self._of)):
            found.setdefault(self._first(one), []).append(one)
        return found.values()
