"""What the other callers in a repository do with what some lines call, as counts and places.

Nothing is run. A callee is known by its dotted name where imports and classes of the repository tell it, a
method on some variable by its own name where one family of classes alone has it, else by variable and method.
On real histories what deviates was hardly ever what a later fix mended (benchmarks/usage.py): this is context
for a reader and never a finding.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from posixpath import commonpath
from typing import NamedTuple, get_args

from octad.repository.practices import Kind
from octad.repository.python_modules import PythonFiles
from octad.repository.uses import FileUses, Target, Use

MOST_FILES = 5_000
MOST_SECONDS = 30.0
CITED = 5
_HOPS = 8
_PLAIN = ("builtins.object", "abc.ABC")
_WORDS = (
    "read write close open flush seek run start stop send recv join put wait acquire release search match"
)
_COMMON = frozenset(_WORDS.split()) | frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int) for name in dir(kind)
)
"""Methods of Python's own objects, which a variable of unknown kind has sooner than one of a class here."""
_MAY_BE_NONE = frozenset({"re.match", "re.search", "re.fullmatch", "shutil.which"})
_ASIDE = frozenset(
    {"test", "tests", "testing", "unittests", "doc", "docs", "doctests", "demos", "examples", "benchmarks"}
)


@dataclass(frozen=True, slots=True)
class Custom:
    """The care that `agree` of `others` take of the same call; `here` is None where it cannot be told."""

    kind: Kind
    name: str
    line: int
    last: int
    here: bool | None
    agree: int
    others: int
    places: tuple[tuple[str, int], ...]


class Known(NamedTuple):
    """A call under the name that its callee has in the whole repository."""

    path: str
    key: str
    use: Use


class Usage:
    """The calls of all files of a repository; `stopped` says why some were left out, "" where none was."""

    def __init__(self, files: Sequence[FileUses], stopped: str = "") -> None:
        self.files, self.stopped = {one.path: one for one in files}, stopped
        self._modules = {one.module: one for one in files}
        self._classes = {f"{one.module}.{each.name}": each for one in files for each in one.classes}
        self._bases = cache(self._with_bases)
        self._owners: dict[str, list[str]] = defaultdict(list)
        self._nullable = {f"{one.module}.{name}" for one in files for name in one.nullable}
        for name, owner in self._classes.items():
            self._nullable |= {f"{self._root(name, member)}.{member}" for member in owner.nullable}
            for member in owner.members:
                self._owners[member].append(name)
        names: dict[tuple[str, Target], str] = {}
        self._named: dict[str, list[Known]] = defaultdict(list)
        self._in_file: dict[str, list[Known]] = defaultdict(list)
        for one in files:
            for use in one.uses:
                place = one.module, use.target
                key = names[place] = names[place] if place in names else self._key(*place)
                if key:
                    known = Known(one.path, key, use)
                    self._named[key].append(known)
                    self._in_file[one.path].append(known)

    def context(self, path: str, lines: Container[int], least: int = 3, share: float = 0.75) -> list[Custom]:
        """What a share of at least so many others do with what is called on some lines of a file."""
        found: dict[tuple[str, Kind], Custom] = {}
        for known in self._in_file.get(path, ()):
            if all(line not in lines for line in range(known.use.line, known.use.last + 1)):
                continue
            for kind in get_args(Kind):
                one = self._custom(known, kind)
                if one.others >= least and one.agree >= share * one.others:
                    found.setdefault((known.key, kind), one)
        return sorted(found.values(), key=lambda one: (one.line, one.kind, one.name))

    def _custom(self, known: Known, kind: Kind) -> Custom:
        """What one use and the others take care of; many in one function are one voice."""
        voices: dict[tuple[str, str], Known] = {}
        in_test, mine = is_test(known.path), (known.path, known.use.caller)
        if kind != "none" or known.key in _MAY_BE_NONE or known.key in self._nullable:
            for one in self._named[known.key]:
                caller = one.path, one.use.caller
                speaks = caller != mine and (in_test or not is_test(one.path))
                if speaks and kind in one.use.practices:
                    voices.setdefault(caller, one)
        agree = [one for one in voices.values() if one.use.practices[kind]]
        agree.sort(key=lambda one: (-len(commonpath([one.path, known.path])), one.path, one.use.line))
        name = known.key.lstrip("?").removeprefix("builtins.")
        here = known.use.practices.get(kind)
        places = tuple((one.path, one.use.line) for one in agree[:CITED])
        return Custom(kind, name, known.use.line, known.use.last, here, len(agree), len(voices), places)

    def _key(self, module: str, target: Target) -> str:
        """The one name of a target in the whole repository, "" where nothing is known of it."""
        match target:
            case ("dotted", name):
                return self._followed(name)
            case ("own", owner, member):
                for base in self._bases(f"{module}.{owner}"):
                    if base not in self._classes or member in self._classes[base].members:
                        return f"{self._root(base, member)}.{member}"
            case ("member", receiver, member):
                owners = () if member in _COMMON else self._owners.get(member, ())
                roots = {self._root(one, member) for one in owners}
                if len(roots) == 1:
                    return f"{roots.pop()}.{member}"
                return f"?{receiver}.{member}" if receiver not in ("self", "cls") else ""
        return ""

    def _with_bases(self, name: str) -> list[str]:
        """A class and those above it, as far as known, nearest first."""
        found = [name]
        for one in found:
            if one in self._classes and len(found) < 4 * _HOPS:
                above = map(self._followed, self._classes[one].bases)
                found += [base for base in dict.fromkeys(above) if base not in (*found, *_PLAIN)]
        return found

    def _root(self, owner: str, member: str) -> str:
        """The highest class that has a member which `owner` has."""
        classes = [one for one in self._bases(owner) if one in self._classes]
        return next((one for one in reversed(classes) if member in self._classes[one].members), owner)

    def _followed(self, name: str) -> str:
        """A dotted name by where it is defined, through modules that import it to hand it on."""
        for _ in range(_HOPS):
            parts = name.split(".")
            for end in range(len(parts) - 1, 0, -1):
                module = self._modules.get(".".join(parts[:end]))
                if module is not None:
                    break
            else:
                return name
            if parts[end] in module.defines or parts[end] not in module.imports:
                return name
            name = ".".join([module.imports[parts[end]], *parts[end + 1 :]])
        return name


def read(paths: Sequence[str], reader: Callable[[str, str], FileUses | None]) -> Usage:
    """The usage of some files, as many as there is time for; `reader` takes a path and its dotted name."""
    ends, found, stopped = time.monotonic() + MOST_SECONDS, list[FileUses](), ""
    names = PythonFiles(frozenset(paths), {})
    for number, path in enumerate(paths):
        if number >= MOST_FILES or time.monotonic() > ends:
            stopped = f"only {number:,} of {len(paths):,} files were read"
            break
        if (one := reader(path, names.name(path))) is not None:
            found.append(one)
    return Usage(found, stopped)


@lru_cache(maxsize=MOST_FILES)
def is_test(path: str) -> bool:
    """Whether a file holds tests or examples, by its path: these treat things otherwise than a program."""
    *folders, name = path.lower().split("/")
    is_named_so = name.startswith(("test_", "conftest")) or name.endswith("_test.py")
    return is_named_so or bool(_ASIDE.intersection(folders))
