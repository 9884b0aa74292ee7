"""What was done and taken back within a release: nobody has it, so nobody is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from octad.notes.groups import Group, Names
from octad.notes.subjects import key_of, subject_of
from octad.records.notes import LeftOut
from octad.records.release import ReleaseCommit

_TITLE = re.compile(
    r"(?:[\w!()/-]{1,40}:\s*)?(?:Revert|Reverts|Reverting|Reapply|Back ?out|"
    r"Backed out):?\s+[\"'“]?(.*?)[\"'”]?(?:\s*\(#\d+\))*\s*$",
    re.I,
)
_COMMIT = re.compile(
    r"\b(?:this )?(?:reverts?|reapplies|backs out|revert of) (?:commits? |changeset )?([0-9a-f]{7,40})\b",
    re.I,
)
_NUMBER = re.compile(r"\breverts? (?:[\w./-]{0,80}#|pull request #|PR #|!)(\d{1,7})\b", re.I)
_PART = re.compile(r"\b(?:partial(?:ly)?|part of|some of|parts of)\b", re.I)
REASON = "taken back before the release"


def is_revert(commit: ReleaseCommit) -> bool:
    """Whether a commit says that it takes another one back, or brings one back that was taken back."""
    return bool(_TITLE.match(commit.subject)) and not _PART.search(commit.subject)


def without_reverts(groups: Sequence[Group]) -> tuple[list[Group], list[LeftOut]]:
    """Groups, the newest first, without those that cancel each other, and what was left out.

    From the newest on, a revert takes its target away: where that was a revert itself, what that one took
    back stays. A revert of what is older than the release is told.
    """
    index = _Index(groups)
    gone: set[int] = set()
    for at, group in enumerate(groups):
        if at in gone or not is_revert(group.head):
            continue
        targets = [one for one in index.targets(at, group.head) if one > at and one not in gone]
        if targets:
            gone |= {at, *targets}
        elif index.is_within(at, group):
            gone.add(at)
    left = [LeftOut(reason=REASON, commits=groups[at].revisions) for at in sorted(gone)]
    return [group for at, group in enumerate(groups) if at not in gone], left


class _Index:
    """Which group a commit, a number or a subject is of."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._of = {name: at for at, group in enumerate(groups) for name in group.revisions}
        self._names = Names(self._of)
        self._by_number: dict[str, list[int]] = {}
        self._by_words: dict[str, list[int]] = {}
        for at, group in enumerate(groups):
            for ref in _own_numbers(group.head):
                self._by_number.setdefault(ref, []).append(at)
            for subject in {group.head.subject, group.commits[0].subject}:
                self._by_words.setdefault(_words(subject), []).append(at)

    def targets(self, at: int, head: ReleaseCommit) -> Iterator[int]:
        """The groups that a revert takes back; one whose branch had other commits too stays."""
        text = f"{head.subject}\n{head.body}"
        named = [self._of[name] for one in _COMMIT.findall(text) if (name := self._names.whole(one.lower()))]
        if named:
            revisions = {self._names.whole(one.lower()) for one in _COMMIT.findall(text)}
            yield from (one for one in named if self._is_whole(one, revisions))
            return
        for number in _NUMBER.findall(text):
            yield from self._next(self._by_number.get(f"#{number}", ()), at)
        found = _TITLE.match(head.subject)
        if found and not _NUMBER.search(text) and not _COMMIT.search(text):
            yield from self._next(self._by_words.get(_words(found[1]), ()), at)

    def is_within(self, at: int, group: Group) -> bool:
        """Whether a revert takes back a part of another group, which tells of the rest."""
        names = [self._names.whole(one.lower()) for one in _COMMIT.findall(group.head.body)]
        return any(name and self._of[name] != at for name in names)

    def _next(self, places: Sequence[int], at: int) -> Iterator[int]:
        yield from [one for one in places if one > at][:1]

    def _is_whole(self, place: int, revisions: set[str]) -> bool:
        """Whether commits are a merge itself, or all commits of a group."""
        group = self._groups[place]
        own = [one.revision for one in group.commits if not one.is_merge]
        return group.commits[0].revision in revisions or set(own) <= revisions


def _own_numbers(head: ReleaseCommit) -> Sequence[str]:
    """The number of a change itself: the last that its subject names."""
    found = re.findall(r"#\d{1,7}", head.subject)
    return found[-1:] or head.refs[:1]


def _words(subject: str) -> str:
    return key_of(subject_of(subject).text)
