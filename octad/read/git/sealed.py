"""A repository that git reads through a git directory of our own.

It holds our configuration, copies of the names of commits, and a pointer to the objects: no hook, and no
setting of the repository beside those of `settings`. Its work tree is a folder of ours that holds the
attributes alone. So git finds nothing there that it could run, and no file of the repository's work tree.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from octad.errors import RepositoryError, UnreadableInput
from octad.host.files import listed as entries_of
from octad.host.whole_file import make_folder, put, temporary_folder
from octad.read.git.command import git, of_nobody
from octad.read.git.contents import contents
from octad.read.git.names import names_of
from octad.read.git.place import NEEDS_TREE, check, find
from octad.read.git.settings import Settings, read_settings

SMALL, LARGE = 1_000_000, 1_000_000_000
"""Bytes of a file of settings, attributes or one name, and of an index or a list of names."""
_ATTRIBUTES = re.compile(rb"\t([^\0]*/\.gitattributes)\0")


class Sealed:
    """Git in one repository; its folder goes with the object. Raises RepositoryError where there is none."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.place = find(folder)
        kept = ExitStack()
        self.home = os.path.realpath(kept.enter_context(temporary_folder()))
        weakref.finalize(self, kept.close)
        self.git_dir = os.path.join(self.home, "git")
        self.tree = os.path.join(self.home, "tree")
        for path in ("git/refs", "git/objects/info", "git/info", "tree"):
            make_folder(Path(self.home, path))
        common = self.place.common_dir
        self.settings = self._settings(os.path.join(common, "config"))
        check(self.place, self.settings.text("core.worktree"), self.settings.safe)
        self.bare = not self.place.top or self.settings.flag("core.bare", default=False)
        self._write("config", os.fsencode(self.settings.file(bare=self.bare)))
        self._write("objects/info/alternates", os.fsencode(_quoted(os.path.join(common, "objects"))))
        self._copy(common, ("shallow", "info/attributes"), SMALL)
        for name, data in names_of(dict.fromkeys((common, self.place.git_dir))).items():
            self._write(name, data)
        if not self.bare:
            self._copy_attributes()

    @property
    def top(self) -> str:
        """The top folder of the work tree; raises RepositoryError where there is none."""
        if self.bare:
            raise RepositoryError(NEEDS_TREE, hint="see `git status` in this folder")
        return self.place.top

    def run(self, *arguments: str, stdin: bytes = b"", timeout: float | None = None) -> bytes:
        """Output of one git command; raises RepositoryError with git's own reason."""
        own = {"GIT_DIR": self.git_dir} | ({} if self.bare else {"GIT_WORK_TREE": self.tree})
        environment = of_nobody(self.home) | own
        return git(self.tree, arguments, environment, stdin=stdin, timeout=timeout)

    def copy_logs(self) -> None:
        """Bring what revisions such as `main@{yesterday}` are looked up in."""
        for folder in dict.fromkeys((self.place.common_dir, self.place.git_dir)):
            for name in _below(folder, "logs"):
                self._copy(folder, (name,), LARGE)

    @cached_property
    def index_time(self) -> int:
        """When the index was written (ns); with it, the index is brought. 0 where there is none."""
        try:
            names = [entry.name for entry in entries_of(self.place.git_dir)]
            time = os.stat(os.path.join(self.place.git_dir, "index")).st_mtime_ns
        except (OSError, UnreadableInput):
            return 0
        parts = [name for name in names if name.startswith("sharedindex.")]
        self._copy(self.place.git_dir, ("index", *parts), LARGE)
        return time

    @cached_property
    def listing(self) -> bytes:
        """What git lists of the index, with the states of files; empty where there is none."""
        return self.run("ls-files", "--stage", "--debug", "-z") if self.index_time else b""

    def _settings(self, path: str) -> Settings:
        """What is in force of the configuration file at `path`, which git gets as its input."""
        try:
            return read_settings(self.home, contents(path, SMALL) or b"")
        except RepositoryError as error:
            raise RepositoryError(error.message.replace("standard input", path), hint=error.hint) from error

    def _copy_attributes(self) -> None:
        """What git reads in a work tree: attributes and the names of people; without an index, at its top."""
        nested = {os.fsdecode(path) for path in _ATTRIBUTES.findall(self.listing)}
        for name in (".mailmap", ".gitattributes", *sorted(nested)):
            path = os.path.join(self.place.top, name)
            if os.path.realpath(path) == path and (data := contents(path, SMALL)) is not None:
                self._write(os.path.join(self.tree, name), data)

    def _copy(self, folder: str, names: Iterable[str], limit: int) -> None:
        """Copy regular files below `folder` that are there."""
        for name in names:
            if (data := contents(os.path.join(folder, name), limit)) is not None:
                self._write(name, data)

    def _write(self, name: str, data: bytes) -> None:
        path = os.path.join(self.git_dir, name)
        try:
            put(Path(path), data)
        except OSError as error:
            raise RepositoryError(
                f"{path} cannot be written: {(error.strerror or 'unknown error').lower()}",
                hint="is there room for temporary files?",
            ) from error


Where = Sealed | str | os.PathLike[str]
"""A repository that was opened, or a folder in one."""


def sealed(where: Where) -> Sealed:
    """The repository at a folder, opened unless it is; raises RepositoryError where there is none."""
    return where if isinstance(where, Sealed) else Sealed(where)


def _below(folder: str, name: str) -> Iterator[str]:
    """Files below a folder of `folder`, from there; no link is followed."""
    for path, _, files in os.walk(os.path.join(folder, name)):
        yield from (os.path.relpath(os.path.join(path, file), folder) for file in files)


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"\n'
