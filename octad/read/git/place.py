"""Where the repository of a folder lies, and whether it is that folder's own.

The work tree is the folder that holds `.git`, and nothing else. A `.git` that leads out of it has to be led
back to: as a linked work tree and a submodule are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from octad.errors import RepositoryError, UnreadableInput
from octad.read.code.files import read_bytes

POINTER_BYTES = 65_536
NEEDS_TREE = "this operation must be run in a work tree"


class Place(NamedTuple):
    """A repository by its real paths.

    `top` holds `.git` ("" where there is no work tree), `git_dir` what is of this work tree alone, and
    `common_dir` what all work trees share.
    """

    top: str
    git_dir: str
    common_dir: str


def find(folder: str | os.PathLike[str]) -> Place:
    """The repository that holds `folder`, as git finds it; raises RepositoryError where there is none."""
    if not os.path.isdir(folder):
        raise RepositoryError("the folder does not exist", hint="check the path")
    for top in _upwards(os.path.realpath(folder)):
        path = os.path.join(top, ".git")
        if os.path.isfile(path):
            path = os.path.join(top, _pointer(path))
            if not _is_git_dir(path):
                raise RepositoryError(f"{top}/.git names no repository", hint="clone it again")
        if _is_git_dir(path):
            return _place(top, os.path.realpath(path))
        if _is_git_dir(top):
            return Place("", top, top)
    raise RepositoryError("no git repository here", hint="go into one, or name files to review")


def check(place: Place, worktree: str, safe: list[str]) -> None:
    """Refuse what lies elsewhere or is somebody else's; raises RepositoryError.

    `worktree` is what the repository calls its work tree, `safe` the folders that the user trusts.
    """
    for name in ("objects", "refs", "packed-refs", "config", "logs"):
        path = os.path.join(place.common_dir, name)
        if os.path.realpath(path) != path:
            raise RepositoryError(f"{path} leads out of its repository", hint="clone it again")
    _check_owner(place, safe)
    if not place.top:
        return
    linked = place.git_dir != place.common_dir
    named = os.path.realpath(os.path.join(place.git_dir, worktree)) if worktree and not linked else ""
    if named and named != place.top:
        raise RepositoryError(
            f"the work tree of this repository is elsewhere: {named}",
            hint="go there, or take core.worktree out of its configuration",
        )
    inside = os.path.commonpath([place.git_dir, place.top]) == place.top
    if not (inside or named or (linked and _leads_back(place))):
        raise RepositoryError(
            f"{place.top}/.git leads to {place.git_dir}, which does not know this folder",
            hint="`git worktree repair` there makes a moved work tree known; else clone it again",
        )


def _upwards(folder: str) -> Iterator[str]:
    """A folder and those above it, up to where the user lets git look."""
    listed = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    ceilings = {os.path.realpath(path) for path in listed if path}
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder or above in ceilings:
            return
        folder = above


def _place(top: str, git_dir: str) -> Place:
    """A repository with what it shares with others; a linked work tree lies in what it shares."""
    path = os.path.join(git_dir, "commondir")
    if not os.path.lexists(path):
        return Place(top, git_dir, git_dir)
    common = os.path.realpath(os.path.join(git_dir, _read(path)))
    if os.path.dirname(git_dir) != os.path.join(common, "worktrees"):
        raise RepositoryError(f"{path} leads out of its repository", hint="clone it again")
    return Place(top, git_dir, common)


def _is_git_dir(path: str) -> bool:
    if not os.path.lexists(os.path.join(path, "HEAD")):
        return False
    stored = all(os.path.isdir(os.path.join(path, name)) for name in ("objects", "refs"))
    return stored or os.path.lexists(os.path.join(path, "commondir"))


def _pointer(path: str) -> str:
    text = _read(path)
    if not text.startswith("gitdir: "):
        raise RepositoryError(f"{path} names no repository", hint="clone it again")
    return text.removeprefix("gitdir: ")


def _leads_back(place: Place) -> bool:
    back = os.path.join(place.git_dir, _read(os.path.join(place.git_dir, "gitdir")))
    return os.path.realpath(os.path.dirname(back)) == place.top


def _read(path: str) -> str:
    try:
        return os.fsdecode(read_bytes(path, POINTER_BYTES)).rstrip("\r\n")
    except UnreadableInput as error:
        raise RepositoryError(f"{path}: {error.message}", hint="clone it again") from error


def _check_owner(place: Place, safe: list[str]) -> None:
    """As git: folders of another user are read only where this user says that they are safe."""
    if not hasattr(os, "geteuid"):
        return
    mine = {os.geteuid()}
    if 0 in mine and os.environ.get("SUDO_UID", "").isdigit():
        mine.add(int(os.environ["SUDO_UID"]))
    folder = place.top or place.git_dir
    if "*" in safe or folder in map(os.path.realpath, safe):
        return
    if any(os.stat(path).st_uid not in mine for path in {folder, place.git_dir}):
        raise RepositoryError(
            f"{folder} belongs to another user",
            hint=f"if you trust it: `git config --global --add safe.directory {folder}`",
        )
