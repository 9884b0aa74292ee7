"""Files of the work tree that git neither tracks nor ignores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from octad.errors import UnreadableInput
from octad.host.files import listed as entries_of
from octad.read.code.ignore import Ignore, ignore_from, ignore_in
from octad.read.git.index import MODULE, Listed
from octad.read.git.sealed import Sealed


def untracked(repository: Sealed, tracked: Iterable[Listed], wanted: Callable[[str], bool]) -> list[str]:
    """Files and links of wanted names that `tracked` lacks, as paths from the top, sorted.

    No link is followed, and no other repository entered: what is in a submodule is not of this one.
    """
    modes = {one.path: one.mode for one in tracked}
    found: list[str] = []
    stack: list[tuple[str, Ignore | None]] = [("", _rules(repository))]
    while stack:
        folder, above = stack.pop()
        rules = ignore_in(os.path.join(repository.top, folder) if folder else repository.top, above)
        for entry in _entries(os.path.join(repository.top, folder)):
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            is_new = modes.get(path) != MODULE if is_folder else path not in modes and _is_file_or_link(entry)
            if entry.name == ".git" or not is_new or not (is_folder or wanted(path)):
                continue
            if rules and rules.ignores(entry.path, is_folder):
                continue
            if not is_folder:
                found.append(path)
            elif not os.path.lexists(os.path.join(entry.path, ".git")):
                stack.append((path, rules))
    return sorted(found, key=os.fsencode)


def _rules(repository: Sealed) -> Ignore | None:
    """What the user ignores everywhere, and what this repository ignores beside its `.gitignore` files."""
    configured = os.environ.get("XDG_CONFIG_HOME") or os.path.join("~", ".config")
    users = repository.settings.text("core.excludesfile") or os.path.join(configured, "git", "ignore")
    own = os.path.join(repository.place.common_dir, "info", "exclude")
    return ignore_from(repository.top, own, ignore_from(repository.top, os.path.expanduser(users), None))


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name; nothing where it cannot be listed."""
    try:
        return entries_of(folder)
    except UnreadableInput:
        return []


def _is_file_or_link(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() or entry.is_file(follow_symlinks=False)
