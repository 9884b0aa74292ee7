"""The files of the work tree as a tree of git: read and hashed here, so that git compares trees alone.

A file is read again where its state is not the one that the index remembers, as git does it. What cannot be
read, is no file, or is larger than `LARGEST` stands in the tree as a binary file that tells this.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from octad.errors import UnreadableInput
from octad.read.code.files import read_bytes
from octad.read.git.blobs import Blobs, read_blobs
from octad.read.git.index import LINK, MODULE, Listed, listed
from octad.read.git.line_ends import Rule, looks_like_text, rules_of, with_lf
from octad.read.git.sealed import Sealed

LARGEST = 20_000_000
"""Bytes of a file whose lines are compared."""
STORED = 2_000_000
"""Bytes of stored contents that are looked at for their line ends."""
_AT_ONCE = 50
_LOW = 0xFFFFFFFF
"""The index remembers this much of a size and an inode."""


class _Now(NamedTuple):
    """A file of the index as it lies there: with mode "0" it does not."""

    mode: str
    blob: str
    path: str


class WorkTree:
    """The files that the index of a repository lists, as they are now."""

    def __init__(self, repository: Sealed) -> None:
        self._repository = repository
        self._top = repository.top
        self._blobs = Blobs(repository)
        self._has_modes = repository.settings.flag("core.filemode", default=True)
        self._has_links = repository.settings.flag("core.symlinks", default=True)
        self._is_folder: dict[str, bool] = {"": True}

    @cached_property
    def listed(self) -> list[Listed]:
        """What the index lists, each path once."""
        return list({one.path: one for one in listed(self._repository)}.values())

    @property
    def conflicts(self) -> list[str]:
        """Paths that a merge left in conflict."""
        return [one.path for one in self.listed if one.stage]

    @cached_property
    def tree(self) -> str:
        """The name of a tree with the files as they are now; raises RepositoryError."""
        rows = b"".join(os.fsencode(f"{mode} {blob}\t{path}\0") for mode, blob, path in self._changes())
        self._blobs.flush()
        self._repository.run("update-index", "-z", "--index-info", stdin=rows)
        return self._repository.run("write-tree", "--missing-ok").decode("ascii").strip()

    def _changes(self) -> Iterator[_Now]:
        """The files that are not as the index has them, or of which that is not known."""
        unsure: list[tuple[Listed, str]] = []
        for one in self.listed:
            state = self._state(one.path)
            if one.mode == MODULE and one.stage:
                yield _Now(MODULE, one.blob, one.path)
            if one.mode == MODULE or (state is None and one.skipped):
                continue
            if state is None or stat.S_ISDIR(state.st_mode):
                yield _Now("0", "0" * len(one.blob), one.path)
            elif self._is_as_listed(one, state):
                continue
            elif stat.S_ISLNK(state.st_mode):
                yield _Now(LINK, self._link(one), one.path)
            elif stat.S_ISREG(state.st_mode):
                unsure.append((one, self._mode(one, state)))
            else:
                yield _Now("100644", self._blobs.write(b"\0not a regular file"), one.path)
        rules = rules_of(self._repository, [one.path for one, _ in unsure])
        for start in range(0, len(unsure), _AT_ONCE):
            some = unsure[start : start + _AT_ONCE]
            kept = self._with_crlf([one for one, _ in some if rules[one.path] == "guessed"])
            for one, mode in some:
                rule = "kept" if one.blob in kept else rules[one.path]
                yield _Now(mode, self._contents(one, rule), one.path)

    def _state(self, path: str) -> os.stat_result | None:
        """What lies at a path; None where nothing does, or where a link is among the folders above."""
        if not self._in_folders(os.path.dirname(path)):
            return None
        try:
            return os.lstat(os.path.join(self._top, path))
        except (OSError, ValueError):
            return None

    def _in_folders(self, folder: str) -> bool:
        """Whether a folder and all above it, up to the top, are folders themselves."""
        if folder not in self._is_folder:
            try:
                mode = os.lstat(os.path.join(self._top, folder)).st_mode
            except (OSError, ValueError):
                mode = 0
            self._is_folder[folder] = stat.S_ISDIR(mode) and self._in_folders(os.path.dirname(folder))
        return self._is_folder[folder]

    def _is_as_listed(self, one: Listed, state: os.stat_result) -> bool:
        """Whether a file is in the state in which its contents were those of the index.

        Not one that was changed when the index was written or later: it may have changed within a tick.
        """
        remembered = (one.ctime, one.mtime, one.inode, one.size)
        found = (state.st_ctime_ns, state.st_mtime_ns, state.st_ino & _LOW, state.st_size & _LOW)
        is_settled = one.mtime < self._repository.index_time
        return is_settled and not one.stage and remembered == found and one.mode == self._mode(one, state)

    def _mode(self, one: Listed, state: os.stat_result) -> str:
        """The mode that git gives to a file or link, where the file system knows such."""
        if stat.S_ISLNK(state.st_mode) or (one.mode == LINK and not self._has_links):
            return LINK
        if not self._has_modes:
            return one.mode if one.mode != LINK else "100644"
        return "100755" if state.st_mode & stat.S_IXUSR else "100644"

    def _link(self, one: Listed) -> str:
        try:
            return self._blobs.write(os.fsencode(os.readlink(os.path.join(self._top, one.path))))
        except OSError:
            return self._blobs.write(b"\0a link that cannot be read")

    def _with_crlf(self, some: Sequence[Listed]) -> set[str]:
        """Blobs of text that are stored with CRLF: git leaves such files as they are."""
        if not some:
            return set()
        stored = read_blobs(self._repository, [one.blob for one in some], STORED)
        return {name for name, data in stored.items() if b"\r\n" in data and looks_like_text(data)}

    def _contents(self, one: Listed, rule: Rule) -> str:
        """The name of what a file holds, in the form in which it would be stored."""
        path = os.path.join(self._top, one.path)
        try:
            if os.lstat(path).st_size > LARGEST:
                name = self._blobs.of_file(path)
                return name if name == one.blob else self._blobs.write(b"\0" + name.encode("ascii"))
            data = read_bytes(path, LARGEST, follow=False)
        except (OSError, UnreadableInput):
            return self._blobs.write(b"\0cannot be read: " + os.fsencode(one.path))
        if b"\r\n" in data and (rule == "text" or (rule == "guessed" and looks_like_text(data))):
            data = with_lf(data)
        name = self._blobs.of(data)
        return name if name == one.blob else self._blobs.write(data)
