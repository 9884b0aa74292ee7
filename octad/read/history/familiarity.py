"""How well those who change files know them, and how often the files were repaired: of one change.

One pass over a log that needs the names of files alone (`octad.read.history.log.read_names`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from octad.read.history.fix_messages import is_fix, reverted
from octad.read.history.log import Commit
from octad.records.change import Familiarity

DAY = 86_400
YEAR, QUARTER = 365 * DAY, 90 * DAY
FILES = 200
"""Files of a change that are looked at."""


def familiarity(past: Sequence[Commit], commit: Commit) -> Familiarity:
    """What a log, the oldest commit first, says of a change that comes after it."""
    names = {file.old_path for file in commit.files[:FILES]}
    touching = [one for one in past if any(file.path in names for file in one.files)]
    return familiarity_of(touching, [one.time for one in past if one.author == commit.author], commit)


def familiarity_of(touching: Iterable[Commit], own: Sequence[int], commit: Commit) -> Familiarity:
    """The same of the commits that touched its files, and of the times of all commits of its author."""
    names = {file.old_path for file in commit.files[:FILES]}
    people: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    mine = fixes = recent = year = year_mine = changes = 0
    last = None
    for one in touching:
        age = commit.time - one.time
        fix, is_own = is_fix(one.message), one.author == commit.author
        mine += is_own
        recent += fix and age <= QUARTER
        last = one
        for name in {file.path for file in one.files if file.path in names}:
            people.setdefault(name, set()).add(one.author)
            first.setdefault(name, one.time)
            changes += 1
            fixes += fix
            year += age <= YEAR
            year_mine += is_own and age <= YEAR
    known = max(len(people), 1)
    return Familiarity(
        author_commits=len(own),
        author_commits_year=sum(commit.time - time <= YEAR for time in own),
        author_on_files=mine,
        unknown_to_author=sum(commit.author not in who for who in people.values()) / known,
        own_share_year=year_mine / (year + 1),
        changes=changes / known,
        fixes=fixes / known,
        fixes_90_days=recent,
        people=sum(map(len, people.values())) / known,
        new_files=len(names - people.keys()),
        days_since_change=max(commit.time - last.time, 0) / DAY if last else None,
        days_old=sum(max(commit.time - time, 0) for time in first.values()) / known / DAY if first else None,
    )


def taken_back(past: Iterable[Commit]) -> int:
    """How many commits of a log say that they revert another one."""
    return sum(bool(reverted(one.message)) for one in past)
