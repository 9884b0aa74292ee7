"""Which settings of a repository and of its user are in force: those listed here, their values checked.

A setting that is not listed does not reach git, whatever a later version makes of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping

from octad.read.git.command import git, of_nobody, of_the_user

_TRUE = frozenset({"true", "yes", "on", "1"})
_BOOLEAN = r"(?i:true|yes|on|1|false|no|off|0|)"
_PASSED = (
    (r"core\.repositoryformatversion", r"\d+"),
    (r"core\.ignorecase", _BOOLEAN),
    (r"extensions\.(?!partialclone$|worktreeconfig$)[a-z]+", r"\w+"),
    (r"branch\.[^\n]+\.remote", r"[\w./-]+"),
    (r"branch\.[^\n]+\.merge", r"refs/[^\s\"\\]+"),
    (r"remote\.[^\n]+\.fetch", r"\+?refs/[^\s\":\\]*:refs/[^\s\":\\]*"),
)
"""What a repository may tell git: how it is stored, and which branch follows which."""
_USED = (
    (r"core\.(?:bare|filemode|symlinks)", _BOOLEAN),
    (r"core\.autocrlf", rf"input|{_BOOLEAN}"),
    (r"core\.worktree|user\.name", r"[^\n]+"),
)
"""What a repository may tell us; git never sees it."""
_OF_USERS = (
    (r"core\.autocrlf", rf"input|{_BOOLEAN}"),
    (r"core\.excludesfile|user\.name|safe\.directory", r"[^\n]*"),
)
_OURS = (("core.compression", "1"), ("fastimport.unpackLimit", "0"))
"""What we write goes soon, into one file: see `blobs`."""
_UNQUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})

Pair = tuple[str, str]


class Settings:
    """The settings in force: the last value of each name, the repository's before the user's."""

    def __init__(self, of_user: Iterable[Pair], of_repository: Iterable[Pair]) -> None:
        users, repositorys = list(of_user), list(of_repository)
        self.safe = _after_empty(value for name, value in users if name == "safe.directory")
        self.passed = list(_listed(repositorys, _PASSED))
        kept = [*_listed(users, _OF_USERS), *_listed(repositorys, _USED), *self.passed]
        self._values: Mapping[str, str] = dict(kept)

    def text(self, name: str, default: str = "") -> str:
        """The value of one setting."""
        return self._values.get(name, default)

    def flag(self, name: str, *, default: bool) -> bool:
        """The value of one setting that is true or false."""
        return self._values[name].lower() in _TRUE if name in self._values else default

    def file(self, *, bare: bool) -> str:
        """A configuration file for git that holds what is passed on, and nothing else."""
        settings = [*self.passed, ("core.bare", str(bare).lower()), ("core.quotepath", "false"), *_OURS]
        return "".join(_section(name, value) for name, value in settings)


def read_settings(home: str, configured: bytes) -> Settings:
    """The user's settings, and those of a repository in its file's contents; raises RepositoryError.

    Git lists them: that reads files and runs nothing. What a repository configures includes no other file.
    """
    listed = ("config", "--null", "--list")
    alone = of_the_user() | {"GIT_DIR": os.path.join(home, "none"), "LC_ALL": "C"}
    own = git(home, (*listed, "--no-includes", "--file", "-"), of_nobody(home), stdin=configured)
    return Settings(_pairs(git(home, listed, alone)), _pairs(own))


def _pairs(output: bytes) -> Iterator[Pair]:
    for entry in os.fsdecode(output).split("\0")[:-1]:
        name, assigned, value = entry.partition("\n")
        yield name, value if assigned else "true"


def _listed(pairs: Iterable[Pair], table: Iterable[Pair]) -> Iterator[Pair]:
    for name, value in pairs:
        if any(re.fullmatch(names, name) and re.fullmatch(values, value) for names, values in table):
            yield name, value


def _after_empty(values: Iterable[str]) -> list[str]:
    """The values since the last empty one, which takes back those before it."""
    kept: list[str] = []
    for value in values:
        kept = [*kept, value] if value else []
    return kept


def _section(name: str, value: str) -> str:
    section, _, rest = name.partition(".")
    middle, _, key = rest.rpartition(".")
    quoted = f' "{middle.translate(_UNQUOTED)}"' if middle else ""
    return f'[{section}{quoted}]\n\t{key} = "{value.translate(_UNQUOTED)}"\n'
