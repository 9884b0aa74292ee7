"""What the changelog already says of the release: told in its own words, and not said again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from octad.notes.groups import Group
from octad.notes.rule import kind_of
from octad.notes.sections import SECTIONS, kind_called
from octad.notes.subjects import key_of, sentence, subject_of
from octad.notes.words import shortened
from octad.records.notes import Entry, Kind, Written
from octad.records.release import ReleaseCommit

ALIKE = 0.6
"""The share of their words that an entry and a commit have in common where they say the same."""
MOST_PAIRS = 2_000_000
"""Pairs of an entry and a commit whose words are compared."""
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "for",
        "and",
        "or",
        "is",
        "was",
        "are",
        "be",
        "now",
        "no",
        "not",
        "with",
        "on",
        "by",
        "from",
        "it",
        "its",
        "that",
        "this",
        "when",
    ]
)


class Taken(NamedTuple):
    """Entries of the changelog, and by the names of their heads the groups that it tells of."""

    entries: tuple[Entry, ...]
    used: frozenset[str]


def taken_from(written: Sequence[Written], groups: Sequence[Group]) -> Taken:
    """Entries that were written, each with the commits it rests on; one without any is left out."""
    index = _Index(groups)
    entries, used = [], set[str]()
    for one in written:
        own, said = index.of(one), index.written_by(one)
        found = own or said
        commits = dict.fromkeys(name for group in found for name in group.revisions)
        commits = commits or dict.fromkeys(one.commits)
        if not commits:
            continue
        used |= {group.head.revision for group in (*own, *said)}
        kind = _kind(one)
        entries.append(
            Entry(
                text=shortened(sentence(one.text)), kind=kind, section=_section(one, kind), refs=one.refs,
                commits=tuple(commits), origin="changelog", anchor=one.anchor,
            )
        )  # fmt: skip
    return Taken(tuple(entries), frozenset(used))


def _kind(one: Written) -> Kind:
    """What its heading says, else its words; what stands there is meant for those who read it."""
    called = kind_called(one.section)
    if called is not None:
        return called
    kind = kind_of(subject_of(one.text), ReleaseCommit(revision="", subject=one.text))
    return "change" if kind in ("internal", "documentation") else kind


def _section(one: Written, kind: Kind) -> str:
    """The heading of the kind, or the project's own where it stands for no kind."""
    return SECTIONS[kind] if not one.section or kind_called(one.section) else one.section


class _Index:
    """Groups by the numbers that they name, their commits and their words."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._by_commit = {name: group for group in groups for name in group.revisions}
        self._by_ref: dict[str, list[Group]] = {}
        for group in groups:
            for ref in group.head.refs:
                self._by_ref.setdefault(ref, []).append(group)
        self._words = [(_words(subject_of(group.head.subject).text), group) for group in groups]
        self._left = MOST_PAIRS

    def of(self, one: Written) -> list[Group]:
        """The groups that name a number of an entry, else those that say the same."""
        numbered = [group for ref in one.refs for group in self._by_ref.get(ref, ())]
        return numbered or list(self._alike(_words(one.text)))

    def written_by(self, one: Written) -> list[Group]:
        """The groups whose commits wrote an entry."""
        return [self._by_commit[name] for name in one.commits if name in self._by_commit]

    def _alike(self, words: frozenset[str]) -> Iterable[Group]:
        self._left -= len(self._words)
        if self._left < 0 or len(words) < 2:
            return []
        return [group for other, group in self._words if _shared(words, other) >= ALIKE]


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", key_of(text))) - _EMPTY


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1) if len(other) > 1 else 0.0
