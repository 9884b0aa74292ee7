"""Commits of a release that are one thing to tell: a merged change with its commits, or one commit."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from octad.notes.subjects import subject_of
from octad.records.release import Release, ReleaseCommit

DEEPEST = 5
"""Merges within merges that are entered."""
_PLAIN_MERGE = re.compile(
    r"Merge(?:d|s)? (?:(?:remote-tracking )?branch|tag|pull request|commit|branches|remote|in |PR )|"
    r"Merge \S+ (?:in)?to \S+$",
    re.IGNORECASE,
)
_SHORT = 20
"""Characters of one word that may be the name of a branch without a mark in it."""
_NUMBERED = re.compile(r"\(#\d+\)\s*$")


class Group(NamedTuple):
    """The commit whose words tell it, and all that are part of it, that one among them."""

    head: ReleaseCommit
    commits: tuple[ReleaseCommit, ...]

    @property
    def revisions(self) -> tuple[str, ...]:
        """Full names of the commits."""
        return tuple(one.revision for one in self.commits)


class Names:
    """Full names of commits by how they begin."""

    def __init__(self, names: Iterable[str]) -> None:
        self._sorted = sorted(names)

    def whole(self, beginning: str) -> str:
        """The one name that begins so, "" for none or several."""
        at = bisect_left(self._sorted, beginning)
        found = [one for one in self._sorted[at : at + 2] if one.startswith(beginning)]
        return found[0] if len(found) == 1 and len(beginning) >= 4 else ""


def is_plain_merge(commit: ReleaseCommit) -> bool:
    """Whether a commit only joins branches: what it brought tells of itself."""
    return commit.is_merge and bool(_PLAIN_MERGE.match(commit.subject))


def groups_of(release: Release) -> list[Group]:
    """The groups of a release, the newest first, merges that say nothing among them as groups of one."""
    known = {one.revision: one for one in release.commits}
    owned: dict[str, tuple[ReleaseCommit, ...]] = {}
    for merge, members in _merges(release, known):
        if _stands_for(merge, members):
            owned[merge.revision] = members
    inside = {one.revision for members in owned.values() for one in members}
    groups = []
    for one in release.commits:
        if one.revision not in inside:
            members = owned.get(one.revision, ())
            groups.append(Group(_speaker(one, members), (one, *members)))
    return groups


def _merges(
    release: Release, known: dict[str, ReleaseCommit]
) -> Iterator[tuple[ReleaseCommit, tuple[ReleaseCommit, ...]]]:
    """Merges with what each brought; those within one that tells nothing are looked at too."""
    waiting = [(release.tip or next(iter(known), ""), frozenset(known), 0)]
    while waiting:
        start, allowed, depth = waiting.pop()
        line = _line(start, known, allowed)
        claimed = {one.revision for one in line}
        for merge in reversed(line):
            if not merge.is_merge:
                continue
            members = _brought(merge, known, allowed, claimed)
            yield merge, members
            if members and depth < DEEPEST and not _stands_for(merge, members):
                names = frozenset(one.revision for one in members)
                waiting += [(parent, names, depth + 1) for parent in merge.parents[1:] if parent in names]


def _line(start: str, known: dict[str, ReleaseCommit], allowed: frozenset[str]) -> list[ReleaseCommit]:
    """First parents from a commit on, as far as they are allowed."""
    line: list[ReleaseCommit] = []
    while start in allowed:
        commit = known[start]
        line.append(commit)
        start = commit.parents[0] if commit.parents else ""
    return line


def _brought(
    merge: ReleaseCommit, known: dict[str, ReleaseCommit], allowed: frozenset[str], claimed: set[str]
) -> tuple[ReleaseCommit, ...]:
    """The commits that a merge brought and no older one had; they are claimed."""
    waiting, found = list(merge.parents[1:]), []
    while waiting:
        name = waiting.pop()
        if name in allowed and name not in claimed:
            claimed.add(name)
            found.append(known[name])
            waiting += known[name].parents
    return tuple(sorted(found, key=lambda one: -one.time))


def _stands_for(merge: ReleaseCommit, members: Sequence[ReleaseCommit]) -> bool:
    """Whether the words of a merge tell what its commits did; not where these are changes that have words."""
    if is_plain_merge(merge):
        return False
    own = [one for one in members if not one.is_merge]
    changes = sum(
        bool(_NUMBERED.search(one.subject)) or (one.is_merge and not is_plain_merge(one)) for one in members
    )
    return changes < 2 and not (_is_branch_name(merge) and len(own) != 1)


def _speaker(head: ReleaseCommit, members: Sequence[ReleaseCommit]) -> ReleaseCommit:
    """Whose words tell a group: of a commit of the branch where the title of the merge says too little."""
    own = [one for one in members if not one.is_merge]
    longest = max(own, key=lambda one: len(subject_of(one.subject).text), default=head)
    title, other = (subject_of(one.subject).text for one in (head, longest))
    says_little = (len(own) == 1 and _is_branch_name(head)) or len(title.split()) < 3 <= len(other.split())
    if not own or not says_little:
        return head
    return longest.model_copy(update={"refs": tuple(dict.fromkeys((*head.refs, *longest.refs)))})


def _is_branch_name(merge: ReleaseCommit) -> bool:
    """Whether a title is the name of a branch, as forges propose it: one word, or a path before others."""
    first, _, rest = subject_of(merge.subject).text.partition(" ")
    if rest:
        return "/" in first and not first.endswith(":")
    return len(first) <= _SHORT or any(mark in first for mark in "/_-")
