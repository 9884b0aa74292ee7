"""The notes on a release: groups of commits, what is thought of each, and words of those who made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from octad.notes.broken import entries_of
from octad.notes.copies import without_copies
from octad.notes.describe import described
from octad.notes.groups import Names, groups_of
from octad.notes.judged import Judged
from octad.notes.packages import of_package
from octad.notes.report import by_reason, notes_of, ordered, unique
from octad.notes.reverts import without_reverts
from octad.notes.teller import Teller
from octad.notes.written import taken_from
from octad.records.notes import Correction, LeftOut, Material, Notes
from octad.records.release import Release

LEAST = 0.5
"""The probability from which on a commit is told."""
SAID = "in the changelog already"


def composed(
    release: Release, judged: Mapping[str, Judged], material: Material | None = None, least: float = LEAST
) -> Notes:
    """The notes on a release, every entry with its commits.

    `judged` holds by full name what heads think of commits; of those that are missing the rule says it. A
    commit is told where the probability is `least` or more and its kind is one for the audience.
    """
    material = material or Material()
    if material.describes:
        return described(release, material)
    groups, taken_back = without_reverts(groups_of(release))
    groups, released = without_copies(release, groups)
    groups, others = of_package(groups, release.prefix)
    written = taken_from(material.written, groups)
    teller = Teller(judged, material, least, _corrections(material.corrections, release))
    entries, left = [*written.entries], [*taken_back, *released, *others]
    for group in groups:
        if group.head.revision in written.used and not teller.correction(group):
            left.append(LeftOut(reason=SAID, commits=group.revisions))
            continue
        said, reason = teller.said(group)
        entries += said
        if not said:
            left.append(LeftOut(reason=reason, commits=group.revisions))
    entries += teller.dependencies()
    entries += entries_of([one for one in material.interface if one.change.is_breaking], entries)
    return notes_of(release, material, ordered(unique(entries), release), by_reason(left))


def _corrections(given: Iterable[Correction], release: Release) -> dict[str, Correction]:
    """Corrections by the full names of the commits that they are of."""
    names = Names(one.revision for one in release.commits)
    return {name: one for one in given if (name := names.whole(one.revision.lower()))}
