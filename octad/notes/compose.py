"""The notes on a release: groups of commits, what is thought of each, and words of those who made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from octad.notes.blocks import blocks_of
from octad.notes.broken import entries_of
from octad.notes.copies import without_copies
from octad.notes.groups import Group, Names, groups_of
from octad.notes.judged import Judged
from octad.notes.mechanical import DEPENDENCIES, dependency_of, mechanical
from octad.notes.reverts import without_reverts
from octad.notes.rule import by_rule, is_breaking
from octad.notes.sections import SECTIONS, place_of
from octad.notes.subjects import key_of
from octad.notes.words import broken_by, messages_of, words_of
from octad.notes.written import taken_from
from octad.records.notes import Correction, Entry, Kind, LeftOut, Material, Notes
from octad.records.release import Release, ReleaseCommit

LEAST = 0.5
"""The probability from which on a commit is told."""
NOT_SEEN = "nothing that its readers have"
HIDDEN = "hidden by a correction"
SAID = "in the changelog already"


def composed(
    release: Release, judged: Mapping[str, Judged], material: Material | None = None, least: float = LEAST
) -> Notes:
    """The notes on a release, every entry with its commits.

    `judged` holds by full name what heads think of commits; of those that are missing the rule says it. A
    commit is told where the probability is `least` or more and its kind is one for the audience.
    """
    material = material or Material()
    groups, taken_back = without_reverts(groups_of(release))
    groups, released = without_copies(release, groups)
    written = taken_from(material.written, groups)
    teller = _Teller(judged, material, least, _corrections(material.corrections, release))
    entries, left = [*written.entries], [*taken_back, *released]
    for group in groups:
        if group.head.revision in written.used and not teller.correction(group):
            left.append(LeftOut(reason=SAID, commits=group.revisions))
            continue
        said, reason = teller.said(group)
        entries += said
        if not said:
            left.append(LeftOut(reason=reason, commits=group.revisions))
    entries += teller.dependencies()
    entries += entries_of(material.broken, entries)
    return notes_of(release, material, _ordered(_unique(entries), release), _by_reason(left))


def notes_of(
    release: Release, material: Material, entries: Sequence[Entry], left: Iterable[LeftOut]
) -> Notes:
    """The report of some entries."""
    return Notes(
        agent="", version="", heading=release.version or "Unreleased", previous=release.previous,
        tag=release.version, time=release.time if release.version else 0.0, audience=material.audience,
        total=len(release.commits), entries=tuple(entries), left_out=tuple(left), blocks=blocks_of(entries),
    )  # fmt: skip


@dataclass
class _Teller:
    """Says what is told of a group, and remembers the updates of dependencies."""

    judged: Mapping[str, Judged]
    material: Material
    least: float
    corrections: Mapping[str, Correction]
    updates: list[Group] = field(default_factory=list)

    def correction(self, group: Group) -> Correction | None:
        """What somebody corrected of one of its commits."""
        return next((self.corrections[name] for name in group.revisions if name in self.corrections), None)

    def said(self, group: Group) -> tuple[list[Entry], str]:
        """The entries of a group, or why there are none."""
        correction = self.correction(group)
        if correction and correction.hide:
            return [], HIDDEN
        messages, instead = messages_of(group.head)
        reason = "" if instead or correction else mechanical(group)
        if reason:
            self.updates += [group] if reason == DEPENDENCIES else []
            return [], reason
        if correction:
            return [self._corrected(group, correction)], ""
        found = [one for message in messages for one in self._entries(group, message, instead)]
        return found, NOT_SEEN

    def _corrected(self, group: Group, correction: Correction) -> Entry:
        """The entry that a correction asks for, whoever reads it."""
        thought = self._thought(group.head)
        kind = correction.kind or thought.kind or "change"
        text, origin = words_of(group.head)
        return Entry(
            text=correction.text or text, origin="correction" if correction.text else origin, kind=kind,
            section=correction.section or SECTIONS[kind], commits=group.revisions, refs=group.head.refs,
        )  # fmt: skip

    def _entries(self, group: Group, message: ReleaseCommit, instead: bool) -> Iterator[Entry]:
        """What one message tells, with what it says that it breaks; `instead` of what heads think of the commit."""
        thought = by_rule(message) if instead else self._thought(message)
        kind, broken = thought.kind or "change", broken_by(message)
        if is_breaking(message) and not broken:
            kind = "breaking"
        text, origin = words_of(message)
        common = {"commits": group.revisions, "refs": group.head.refs}
        origin = "override" if instead else origin
        if broken:
            section = SECTIONS["breaking"]
            yield Entry(
                text=broken, kind="breaking", section=section, origin=origin if instead else "body", **common
            )
        if text and self._is_told(thought, kind, group):
            section = thought.section or SECTIONS[kind]
            chance = None if instead else self._probability(group)
            yield Entry(text=text, kind=kind, section=section, origin=origin, probability=chance, **common)

    def _thought(self, message: ReleaseCommit) -> Judged:
        """What heads think of a commit, else the rule."""
        rule, head = by_rule(message), self.judged.get(message.revision, Judged())
        return Judged(rule.told if head.told is None else head.told, head.kind or rule.kind, head.section)

    def _probability(self, group: Group) -> float | None:
        head = self.judged.get(group.head.revision)
        return head.told if head else None

    def _is_told(self, thought: Judged, kind: Kind, group: Group) -> bool:
        """Developers are told of whatever is not mechanical; users of what is worth it and is not internal."""
        if self.material.audience == "developers" or kind == "breaking":
            return True
        return kind != "internal" and (thought.told or 0.0) >= self.least

    def dependencies(self) -> Iterator[Entry]:
        """One entry for all updates of dependencies, where developers read it."""
        if self.updates and self.material.audience == "developers":
            names = dict.fromkeys(name for one in self.updates if (name := dependency_of(one.head)))
            shown = ", ".join([*names][:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
            commits = tuple(name for one in self.updates for name in one.revisions)
            text = f"Dependencies updated: {shown}" if names else "Dependencies updated"
            yield Entry(text=text, kind="internal", section=SECTIONS["internal"], commits=commits)


def _corrections(given: Iterable[Correction], release: Release) -> dict[str, Correction]:
    """Corrections by the full names of the commits that they are of."""
    names = Names(one.revision for one in release.commits)
    return {name: one for one in given if (name := names.whole(one.revision.lower()))}


def _unique(entries: Iterable[Entry]) -> list[Entry]:
    """Entries that say the same made one, with the commits of all."""
    found: dict[str, Entry] = {}
    for one in entries:
        known = found.setdefault(key_of(one.text), one)
        if known is not one:
            commits = tuple(dict.fromkeys((*known.commits, *one.commits)))
            refs = tuple(dict.fromkeys((*known.refs, *one.refs)))
            found[key_of(one.text)] = known.model_copy(update={"commits": commits, "refs": refs})
    return list(found.values())


def _ordered(entries: Iterable[Entry], release: Release) -> list[Entry]:
    """Entries section by section, in the order of kinds; the likeliest to be told first, then the oldest."""
    age = {one.revision: -at for at, one in enumerate(release.commits)}
    entries = sorted(entries, key=lambda one: min(age.get(name, 0) for name in one.commits))
    places: dict[str, tuple[int, str]] = {}
    for one in entries:
        place = (place_of(one.kind), one.section)
        places[one.section] = min(places.get(one.section, place), place)
    return sorted(entries, key=lambda one: (places[one.section], -(one.probability or 0.0)))


def _by_reason(left: Iterable[LeftOut]) -> Iterator[LeftOut]:
    """What was left out, one record for each reason."""
    found: dict[str, list[str]] = {}
    for one in left:
        found.setdefault(one.reason, []).extend(one.commits)
    return (LeftOut(reason=reason, commits=tuple(commits)) for reason, commits in sorted(found.items()))
