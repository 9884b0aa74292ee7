"""Entries as a report: each thing once, in the order in which people read, with what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from octad.notes.blocks import blocks_of
from octad.notes.sections import place_of
from octad.notes.subjects import key_of
from octad.records.notes import Entry, LeftOut, Material, Notes
from octad.records.release import Release


def notes_of(
    release: Release, material: Material, entries: Sequence[Entry], left: Iterable[LeftOut]
) -> Notes:
    """The report of some entries."""
    return Notes(
        agent="", version="", heading=release.version or "Unreleased", previous=release.previous,
        tag=release.version, time=release.time if release.version else 0.0, audience=material.audience,
        total=len(release.commits), entries=tuple(entries), left_out=tuple(left), blocks=blocks_of(entries),
    )  # fmt: skip


def unique(entries: Iterable[Entry]) -> list[Entry]:
    """Entries that say the same made one, with the commits of all."""
    found: dict[str, Entry] = {}
    for one in entries:
        known = found.setdefault(key_of(one.text), one)
        if known is not one:
            commits = tuple(dict.fromkeys((*known.commits, *one.commits)))
            refs = tuple(dict.fromkeys((*known.refs, *one.refs)))
            found[key_of(one.text)] = known.model_copy(update={"commits": commits, "refs": refs})
    return list(found.values())


def ordered(entries: Iterable[Entry], release: Release) -> list[Entry]:
    """Entries section by section, in the order of kinds; the likeliest to be told first, then the oldest."""
    age = {one.revision: -at for at, one in enumerate(release.commits)}
    entries = sorted(entries, key=lambda one: min((age.get(name, 0) for name in one.commits), default=0))
    places: dict[str, tuple[int, str]] = {}
    for one in entries:
        place = (place_of(one.kind), one.section)
        places[one.section] = min(places.get(one.section, place), place)
    return sorted(entries, key=lambda one: (places[one.section], -(one.probability or 0.0)))


def by_reason(left: Iterable[LeftOut]) -> Iterator[LeftOut]:
    """What was left out, one record for each reason."""
    found: dict[str, list[str]] = {}
    for one in left:
        found.setdefault(one.reason, []).extend(one.commits)
    return (LeftOut(reason=reason, commits=tuple(commits)) for reason, commits in sorted(found.items()))
