"""The title and the body of a change: what those who made it wrote, and facts of its interface and files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from octad.notes.groups import Group, groups_of
from octad.notes.mechanical import mechanical
from octad.notes.places import Place, place_of
from octad.notes.report import notes_of
from octad.notes.reverts import without_reverts
from octad.notes.rule import kind_of
from octad.notes.sections import place_of as rank_of
from octad.notes.subjects import subject_of
from octad.notes.words import is_poor, shortened, words_of
from octad.records.notes import Entry, InterfaceChange, Material, Notes, Origin
from octad.records.release import Release

SHOWN, NAMED, PARAGRAPHS = 20, 3, 4
"""Changes and facts under one heading, names in a title, and paragraphs of a body."""
_OF_PLACE: dict[Place, str] = {
    "program": "the program", "manifest": "its manifest", "tests": "its tests", "documents": "its documents",
    "builds": "its builds", "dependencies": "its dependencies", "news": "its changelog",
}  # fmt: skip

_NOTE = re.compile(
    r"(?:\(cherry picked|\[pre-commit\.ci\]|for more information, see https|BEGIN_|END_|See merge request|"
    r"Closes:?\s|Fixes:?\s#|Conflicts:|---)"
)


def described(release: Release, material: Material) -> Notes:
    """The title and the body of a change, every line with its commits."""
    groups, left = without_reverts(groups_of(release))
    telling = [one for one in groups if not mechanical(one)] or groups
    telling = sorted(telling, key=lambda one: (_rank(one), -one.head.files))
    every = tuple(one.revision for one in release.commits)
    entries = [
        *_bodies(telling),
        *_others(telling),
        *_interface(material.interface, every),
        *([_entry(files, "Files", every, "files")] if (files := _files(release)) else []),
    ]
    made = notes_of(release, material, entries, left)
    return made.model_copy(update={"heading": _title(telling, material.interface, release)})


def _rank(group: Group) -> int:
    return rank_of(kind_of(subject_of(group.head.subject), group.head))


def _title(groups: Sequence[Group], interface: Sequence[InterfaceChange], release: Release) -> str:
    """The words of the change that matters most; of words that say nothing, a fact in their place."""
    text = words_of(groups[0].head).text if groups else ""
    if not text or is_poor(text):
        text = _fact(interface, release) or text or "No change"
    others = len(groups) - 1
    return text + (f" and {_counted(others, 'other change')}" if others > 0 else "")


def _fact(interface: Sequence[InterfaceChange], release: Release) -> str:
    """What a change does to the interface or to which files, in a few words."""
    for change, verb in (("added", "Add"), ("removed", "Remove"), ("renamed", "Rename")):
        names = [
            f"`{one.change.name.rpartition('.')[2]}`" for one in interface if one.change.change == change
        ]
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            return f"{verb} {', '.join(names[:NAMED])}{more}"
    if interface:
        return f"Change `{interface[0].change.name}`"
    paths = list(dict.fromkeys(path for one in release.commits for path in one.paths))
    return f"Change {paths[0]}" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "") if paths else ""


def _bodies(groups: Sequence[Group]) -> Iterator[Entry]:
    """The paragraphs and items that were written of a change of one thing."""
    if len(groups) != 1:
        return
    parts = re.split(r"\n\s*\n|\n(?=\s*(?:[*+-]|\d+[.)])\s)", groups[0].head.body)
    texts = [shortened(re.sub(r"^\s*(?:[*+-]|\d+[.)])\s+", "", one)) for one in parts]
    said = words_of(groups[0].head).text.casefold().rstrip(".")
    telling = [one for one in texts if one and not _is_note(one) and one.casefold().rstrip(".") != said]
    for text in telling[: PARAGRAPHS * 3]:
        yield _entry(text, "", groups[0].revisions, "body")


def _is_note(text: str) -> bool:
    """Whether a paragraph is for tools and reviewers."""
    return _NOTE.match(text) is not None


def _others(groups: Sequence[Group]) -> Iterator[Entry]:
    """What each of several changes says, but not the one that is the title."""
    for group in groups[1 : SHOWN + 1]:
        words = words_of(group.head)
        yield _entry(words.text, "Changes", group.revisions, words.origin)
    if more := groups[SHOWN + 1 :]:
        names = tuple(name for one in more for name in one.revisions)
        yield _entry(f"{len(more):,} more changes", "Changes", names, "files")


def _interface(changes: Sequence[InterfaceChange], every: tuple[str, ...]) -> Iterator[Entry]:
    """How the interface changed, what may break first."""
    ordered = sorted(changes, key=lambda one: not one.change.is_breaking)
    for one in ordered[:SHOWN]:
        text = one.change.sentence
        yield _entry(text[:1].upper() + text[1:], "Interface", one.commits or every, "interface")
    if more := ordered[SHOWN:]:
        names = tuple(dict.fromkeys(name for one in more for name in one.commits)) or every
        yield _entry(f"{len(more):,} more changes of the interface", "Interface", names, "interface")


def _files(release: Release) -> str:
    """How many files and lines, and of what; "" where no file is known."""
    own = [one for one in release.commits if not one.is_merge] or list(release.commits)
    paths = dict.fromkeys(path for one in own for path in one.paths)
    if not paths:
        return ""
    counts = Counter(map(place_of, paths))
    parts = [f"{count:,} of {_OF_PLACE[place]}" for place, count in counts.most_common()]
    whole = all(len(one.paths) == one.files for one in own)
    text = f"{'' if whole else 'at least '}{_counted(len(paths), 'file')}: {', '.join(parts)}"
    if all(one.added is not None for one in own):
        added, removed = sum(one.added or 0 for one in own), sum(one.removed or 0 for one in own)
        text += f"; {_counted(added, 'line')} added, {removed:,} removed"
    return text[:1].upper() + text[1:]


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _entry(text: str, section: str, commits: tuple[str, ...], origin: Origin) -> Entry:
    return Entry(text=text, kind="change", section=section, commits=commits, origin=origin)
