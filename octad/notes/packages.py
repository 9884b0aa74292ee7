"""Notes on one package of a repository of several: what was done to others is not of it."""

from __future__ import annotations

from collections.abc import Sequence

from octad.notes.groups import Group
from octad.records.notes import LeftOut

REASON = "of another package"


def of_package(groups: Sequence[Group], prefix: str) -> tuple[list[Group], list[LeftOut]]:
    """The groups that touch the folder that a package is named after, and what was left out.

    Where no commit touches a folder of that name, nobody knows which are of the package: all are.
    """
    name = prefix.rpartition("/")[2].lower()
    own = [one for one in groups if _touches(one, name)]
    if not name or not own:
        return list(groups), []
    unknown = [one for one in groups if not any(commit.paths for commit in one.commits)]
    kept = {id(one) for one in (*own, *unknown)}
    left = [LeftOut(reason=REASON, commits=one.revisions) for one in groups if id(one) not in kept]
    return [one for one in groups if id(one) in kept], left


def _touches(group: Group, name: str) -> bool:
    paths = (path for commit in group.commits for path in commit.paths)
    return any(name in path.lower().split("/")[:-1] for path in paths)
