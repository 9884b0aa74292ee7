"""A repository that git reads through a git directory of our own.

It holds our configuration, copies of the names of commits, and a pointer to the objects: no hook, and no
setting of the repository beside those of `settings`. Its work tree is a folder of ours that holds the
attributes alone. So git finds nothing there that it could run, and no file of the repository's work tree.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from functools import cached_property

from octad.errors import RepositoryError, UnreadableInput
from octad.read.code.files import read_bytes
from octad.read.git.command import git, of_nobody
from octad.read.git.place import NEEDS_TREE, check, find
from octad.read.git.settings import read_settings

SMALL, LARGE = 1_000_000, 1_000_000_000
"""Bytes of a file of settings, attributes or one name, and of an index or a list of names."""
MOST_NAMES = 200_000
_NAMED = re.compile(rb"[0-9a-f]{40,64}\b|ref: refs/[^\n]+")
_PSEUDO = re.compile(r"(?:[A-Z]+_)*HEAD")


class Sealed:
    """Git in one repository; its folder goes with the object. Raises RepositoryError where there is none."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.place = find(folder)
        self.home = os.path.realpath(tempfile.mkdtemp(prefix="octad-git-"))
        weakref.finalize(self, shutil.rmtree, self.home, ignore_errors=True)
        self.git_dir = os.path.join(self.home, "git")
        self.tree = os.path.join(self.home, "tree")
        for path in ("git/refs", "git/objects/info", "git/info", "tree"):
            os.makedirs(os.path.join(self.home, path))
        common = self.place.common_dir
        self.settings = read_settings(self.home, self._read(common, ("config",)))
        check(self.place, self.settings.text("core.worktree"), self.settings.safe)
        self.bare = not self.place.top or self.settings.flag("core.bare", default=False)
        self._write("config", os.fsencode(self.settings.file(bare=self.bare)))
        self._write("objects/info/alternates", os.fsencode(_quoted(os.path.join(common, "objects"))))
        self._copy(common, ("packed-refs", "shallow"), LARGE)
        self._copy(common, ("info/attributes",), SMALL)
        self._copy_names()
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
            with os.scandir(self.place.git_dir) as listing:
                parts = [entry.name for entry in listing if entry.name.startswith("sharedindex.")]
            time = os.stat(os.path.join(self.place.git_dir, "index")).st_mtime_ns
        except OSError:
            return 0
        self._copy(self.place.git_dir, ("index", *parts), LARGE)
        return time

    def write(self, path: str, data: bytes) -> None:
        """Write a file below our own git directory."""
        self._write(path, data)

    def _copy_names(self) -> None:
        """The names of commits: those that all work trees share, then those of this one."""
        for folder in dict.fromkeys((self.place.common_dir, self.place.git_dir)):
            for number, name in enumerate(_below(folder, "refs")):
                if number == MOST_NAMES:
                    raise RepositoryError(
                        f"more than {number:,} names of commits, each in a file", hint="`git pack-refs --all`"
                    )
                self._copy(folder, (name,), SMALL, _NAMED)
        with os.scandir(self.place.git_dir) as listing:
            heads = [entry.name for entry in listing if _PSEUDO.fullmatch(entry.name)]
        self._copy(self.place.git_dir, heads, SMALL, _NAMED)

    def _copy_attributes(self) -> None:
        """What git reads in a work tree: attributes and the names of people; without an index, at its top."""
        listed = self.run("ls-files", "-z", "--cached") if self.index_time else b""
        names = (name for name in os.fsdecode(listed).split("\0") if name.endswith("/.gitattributes"))
        for name in (".mailmap", ".gitattributes", *names):
            if os.path.realpath(os.path.join(self.place.top, name)) != os.path.join(self.place.top, name):
                continue
            for data in self._read(self.place.top, (name,)):
                self._write(os.path.join(self.tree, name), data)

    def _copy(
        self, folder: str, names: Iterable[str], limit: int, looks: re.Pattern[bytes] | None = None
    ) -> None:
        """Copy regular files below `folder` that are there and look as they should."""
        for name in names:
            for data in self._read(folder, (name,), limit):
                if looks is None or looks.match(data):
                    self._write(name, data)

    def _read(self, folder: str, names: Iterable[str], limit: int = SMALL) -> Iterator[bytes]:
        """Regular files that are there; raises RepositoryError for one that cannot be read."""
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                try:
                    yield read_bytes(path, limit, follow=False)
                except UnreadableInput as error:
                    raise RepositoryError(f"{path}: {error.message}", hint="see `git status`") from error

    def _write(self, name: str, data: bytes) -> None:
        path = os.path.join(self.git_dir, name)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
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
