"""What the rest of a repository does with what a unit uses, as counts and as places: evidence for a reviewer.

Nothing is run. A callee is known by its dotted name where imports and classes of the repository tell it, a
method on some variable by its own name where one family of classes alone has it, else by variable and method.

On real histories (benchmarks/usage.py) what deviates was hardly ever what a later fix mended, and by eye no
kind was a problem half of the time: no deviation is shown as a finding. `context` goes with those of others.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import combinations

from octad.records.code import Code
from octad.repository.python_modules import PythonFiles
from octad.repository.uses import Arguments, Class, FileUses, Method, Target, Use, uses_of

MOST_FILES = 5_000
MOST_CHARACTERS = 60_000_000
MOST_SECONDS = 120.0
LEAST = 5
SHARE = 0.9
CITED = 5
_HOPS = 8
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
_WRONG = {
    "result": "ignored",
    "await": "not awaited",
    "none": "unchecked",
    "close": "not closed",
    "caught": "not caught",
    "lock": "not held",
    "lookup": "taken",
}
"""What is worth a word where others do the opposite; the opposite of it is only more than others do."""
_CAREFUL = ("none", "close", "caught", "lock")
_NOT_OF_BUILTINS = frozenset({"result", "none", "await"})
_SIDES: dict[str, frozenset[str]] = {
    "returns": frozenset({"nothing", "a value or nothing"}),
    "super": frozenset({"does not call super"}),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """Where another does it as most do."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Deviation:
    """A use that is not treated as nearly all others treat theirs."""

    kind: str
    name: str
    path: str
    line: int
    last: int
    here: str
    usual: str
    agree: int
    others: int
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """One sentence."""
        places = ", ".join(f"{one.path}:{one.line}" for one in self.citations)
        here = f"{self.here} here; " if self.here not in ("", self.usual) else ""
        return f"`{self.name}`: {here}{self.agree} of {self.others} others: {self.usual} ({places})"


@dataclass(frozen=True, slots=True)
class _Known:
    """A use under the name that it has in the whole repository."""

    use: Use
    path: str
    key: str

    @property
    def caller(self) -> tuple[str, str]:
        """The function around: many uses in one are one voice."""
        return self.path, self.use.caller


class Usage:
    """The uses of all files of a repository; `stopped` says why some were left out, "" where none was."""

    def __init__(self, files: Sequence[FileUses], stopped: str = "") -> None:
        self.files = {one.path: one for one in files}
        self.stopped = stopped
        self._modules = {one.module: one for one in files}
        self._classes = {f"{one.module}.{each.name}": each for one in files for each in one.classes}
        self._module_of = {f"{one.module}.{each.name}": one for one in files for each in one.classes}
        self._above: dict[str, list[str]] = {}
        self._resolved: dict[tuple[str, Target], str] = {}
        self._named: dict[str, list[_Known]] = defaultdict(list)
        self._in_file: dict[str, list[_Known]] = defaultdict(list)
        for one in files:
            for use in one.uses:
                key = self._key(one, use.target)
                if key and (use.practices or not key.startswith("builtins.")):
                    known = _Known(use, one.path, key)
                    self._named[key].append(known)
                    self._in_file[one.path].append(known)

    def deviations(self, unit: Code, least: int = LEAST, share: float = SHARE) -> list[Deviation]:
        """Uses in a unit that at least `least` others treat otherwise, `share` of these alike."""
        last = unit.first_line + unit.text.rstrip("\n").count("\n")
        every = [*self._of_uses(unit.path, unit.first_line, last), *self._of_methods(unit, last)]
        return _chosen(every, unit, least, share)

    def context(self, unit: Code, least: int = 3, share: float = 0.75) -> list[Deviation]:
        """What most others do with what a unit uses, whatever the unit does, where it is more than nothing.

        `here` is empty where it cannot be told. It claims nothing: it goes with what others claim.
        """
        last = unit.first_line + unit.text.rstrip("\n").count("\n")
        found = []
        for known in self._within(unit.path, unit.first_line, last):
            others = self._others(known)
            for kind in (one for one in _CAREFUL if self._is_possible(known.key, one)):
                every = _compared(known, kind, others, partial(_practice, kind))
                found += [one for one in every if one.usual != _WRONG[kind]]
        return _chosen(found, unit, least, share)

    def names(self, path: str) -> set[tuple[str, str]]:
        """Function and name of every use in a file, by the names that deviations give."""
        return {(one.use.caller, _short(one.key)) for one in self._in_file.get(path, ())}

    def with_file(self, file: FileUses) -> Usage:
        """The same with another text of one file, of which the others do not hear."""
        other = copy(self)
        other.files = {**self.files, file.path: file}
        known = [_Known(use, file.path, key) for use in file.uses if (key := self._key(file, use.target))]
        other._in_file = defaultdict(list, {**self._in_file, file.path: known})
        return other

    def _of_uses(self, path: str, first: int, last: int) -> Iterator[Deviation]:
        for known in self._within(path, first, last):
            others = self._others(known)
            if len(others) < 2:
                continue
            for kind in self._kinds(known):
                yield from _differs(known, kind, others, partial(_practice, kind))
            if known.use.arguments is not None and not known.key.startswith("builtins."):
                yield from _arguments_differ(known, known.use.arguments, others)

    def _within(self, path: str, first: int, last: int) -> list[_Known]:
        return [one for one in self._in_file.get(path, ()) if first <= one.use.line <= last]

    def _kinds(self, known: _Known) -> Iterator[str]:
        """What of a use may be worth a word: where less is done than could be."""
        for kind, wrong in _WRONG.items():
            if known.use.practices.get(kind) == wrong and self._is_possible(known.key, kind):
                yield kind

    def _is_possible(self, key: str, kind: str) -> bool:
        """Whether a practice says anything of what a name stands for."""
        if key.startswith("builtins."):
            return kind not in _NOT_OF_BUILTINS
        return kind != "none" or self._may_be_none(key)

    def _others(self, known: _Known) -> list[_Known]:
        """Uses of the same in other functions; those in tests speak for tests alone."""
        in_test = is_test(known.path)
        return [
            one
            for one in self._named[known.key]
            if one.caller != known.caller and (in_test or not is_test(one.path))
        ]

    def _may_be_none(self, key: str) -> bool:
        """Whether a definition says that its result, or the code that an attribute's value, may be None."""
        return key in _MAY_BE_NONE or key in self._nullable

    @cached_property
    def _nullable(self) -> frozenset[str]:
        found = {f"{one.module}.{name}" for one in self.files.values() for name in one.nullable}
        for name, owner in self._classes.items():
            found |= {
                f"{self._root(name, member)}.{member}"
                for member, each in owner.methods.items()
                if each.practices.get("returns") == "a value or nothing"
            }
            found |= {f"{self._root(name, member)}.{member} (read)" for member in owner.nullable}
        return frozenset(found)

    def _of_methods(self, unit: Code, last: int) -> Iterator[Deviation]:
        """Methods of a unit held against those of the same name in classes with the same base."""
        if unit.path not in self.files:
            return
        file = self.files[unit.path]
        for owner in file.classes:
            for name, method in owner.methods.items():
                if unit.first_line <= method.line <= last and not name.startswith("__"):
                    yield from self._of_method(file, owner, name, method)

    def _of_method(self, file: FileUses, owner: Class, name: str, method: Method) -> Iterator[Deviation]:
        full = f"{file.module}.{owner.name}"
        for base in self._bases(full)[1:]:
            siblings = [one for one in self._heirs.get(base, ()) if one != full]
            found = [
                (one, self._classes[one].methods[name])
                for one in siblings
                if name in self._classes[one].methods
                and (not is_test(self._module_of[one].path) or is_test(file.path))
            ]
            if len(found) < 3:
                continue
            for kind, sides in _SIDES.items():
                here = method.practices.get(kind)
                if here in sides:
                    uses = [self._as_known(one, each) for one, each in found]
                    mine = _Known(
                        Use((), method.line, method.line, name, method.practices), file.path, f"{base}.{name}"
                    )
                    yield from _differs(mine, kind, uses, partial(_practice, kind))
            return

    def _as_known(self, owner: str, method: Method) -> _Known:
        use = Use((), method.line, method.line, owner, method.practices)
        return _Known(use, self._module_of[owner].path, owner)

    @cached_property
    def _heirs(self) -> dict[str, list[str]]:
        """Classes by every class above them."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._classes:
            for base in self._bases(name)[1:]:
                found[base].append(name)
        return found

    def _bases(self, name: str) -> list[str]:
        """A class and those above it, as far as known, nearest first."""
        if name in self._above:
            return self._above[name]
        found, waiting = [name], [name]
        while waiting and len(found) < 4 * _HOPS:
            owner = self._classes.get(waiting.pop(0))
            for base in owner.bases if owner is not None else ():
                full = self._followed(base)
                if full not in found and full not in ("builtins.object", "abc.ABC"):
                    found.append(full)
                    waiting.append(full)
        self._above[name] = found
        return found

    @cached_property
    def _owners(self) -> dict[str, set[str]]:
        """Classes that define a method or attribute, by its name."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, owner in self._classes.items():
            for member in (*owner.methods, *owner.attributes):
                found[member].add(name)
        return found

    def _key(self, file: FileUses, target: Target) -> str:
        key = (file.module, target)
        if key not in self._resolved:
            self._resolved[key] = self._named_by(file, target)
        return self._resolved[key]

    def _named_by(self, file: FileUses, target: Target) -> str:
        """The one name of a target in the whole repository, "" where nothing is known of it."""
        match target:
            case ("read", *rest):
                inner = self._key(file, tuple(rest)) if rest else ""
                return f"{inner} (read)" if inner and not inner.startswith("?") else ""
            case ("dotted", name):
                return self._followed(name)
            case ("own", owner, member):
                bases = self._bases(f"{file.module}.{owner}")
                for base in bases:
                    known = self._classes.get(base)
                    if known is None or member in known.methods or member in known.attributes:
                        return f"{self._root(base, member)}.{member}"
                return ""
            case ("member", receiver, member):
                roots = {self._root(one, member) for one in self._owners.get(member, ())}
                if len(roots) == 1 and member not in _COMMON:
                    return f"{roots.pop()}.{member}"
                return f"?{receiver}.{member}" if receiver not in ("self", "cls") else ""
            case ("item", receiver, key):
                return f"?{receiver}[{key!r}]"
        return ""

    def _root(self, owner: str, member: str) -> str:
        """The highest class that has a member which `owner` has."""
        having = [one for one in self._bases(owner) if self._has(one, member)]
        return having[-1] if having else owner

    def _has(self, owner: str, member: str) -> bool:
        known = self._classes.get(owner)
        return known is not None and (member in known.methods or member in known.attributes)

    def _followed(self, name: str) -> str:
        """A dotted name by where it is defined, through modules that import it to hand it on."""
        for _ in range(_HOPS):
            module, rest = self._split(name)
            if module is None or not rest or rest[0] in module.defines or rest[0] not in module.imports:
                return name
            further = ".".join([module.imports[rest[0]], *rest[1:]])
            if further == name:
                return name
            name = further
        return name

    def _split(self, name: str) -> tuple[FileUses | None, list[str]]:
        """The module of this repository that a dotted name begins with, and the rest."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            module = self._modules.get(".".join(parts[:end]))
            if module is not None:
                return module, parts[end:]
        return None, parts


def read(codes: Iterable[Code], reader: Callable[[Code, str], FileUses | None] = uses_of) -> Usage:
    """The usage of some files of a repository, as many as there is time for; `reader` may remember files."""
    began, characters, found, stopped = time.monotonic(), 0, [], ""
    codes = [code for code in codes if code.language == "python"]
    names = PythonFiles(frozenset(code.path for code in codes), {})
    for number, code in enumerate(codes):
        characters += len(code.text)
        if number >= MOST_FILES:
            stopped = f"only {MOST_FILES} of {len(codes)} files were read"
        elif characters > MOST_CHARACTERS or time.monotonic() - began > MOST_SECONDS:
            stopped = f"only {number} of {len(codes)} files were read: there are too many"
        if stopped:
            break
        if (one := reader(code, names.name(code.path))) is not None:
            found.append(one)
    return Usage(found, stopped)


@lru_cache(maxsize=MOST_FILES)
def is_test(path: str) -> bool:
    """Whether a file holds tests or examples, by its path: these treat things otherwise than a program."""
    *folders, name = path.lower().split("/")
    return (
        name.startswith(("test_", "conftest"))
        or name.endswith("_test.py")
        or bool(_ASIDE.intersection(folders))
    )


def _chosen(every: Iterable[Deviation], unit: Code, least: int, share: float) -> list[Deviation]:
    """Those on the changed lines of a unit that enough others are evidence for, each once."""
    found: dict[tuple[str, str, str], Deviation] = {}
    for one in every:
        changed = unit.changed is None or any(
            r.first <= one.last and one.line <= r.last for r in unit.changed
        )
        if changed and one.others >= least and one.agree >= share * one.others:
            found.setdefault((one.kind, one.name, one.usual), one)
    return sorted(found.values(), key=lambda one: (one.line, one.kind, one.name))


def _differs(
    known: _Known, kind: str, others: Sequence[_Known], of: Callable[[Use], str | None]
) -> Iterator[Deviation]:
    """Where most of those others of which it is known do something else."""
    return (one for one in _compared(known, kind, others, of) if one.here not in ("", one.usual))


def _compared(
    known: _Known, kind: str, others: Sequence[_Known], of: Callable[[Use], str | None]
) -> Iterator[Deviation]:
    """A use beside what most of those others do of which it is known."""
    voices = _voices(others, of)
    if len(voices) < 2:
        return
    usual = Counter(value for value, _ in voices.values()).most_common(1)[0][0]
    places = [one for value, one in voices.values() if value == usual]
    yield _deviation(known, kind, of(known.use) or "", usual, places, len(voices))


def _voices(
    others: Sequence[_Known], of: Callable[[Use], str | None]
) -> dict[tuple[str, str], tuple[str, _Known]]:
    """One value for each function around."""
    found: dict[tuple[str, str], tuple[str, _Known]] = {}
    for one in others:
        value = of(one.use)
        if value is not None:
            found.setdefault(one.caller, (value, one))
    return found


def _arguments_differ(known: _Known, mine: Arguments, others: Sequence[_Known]) -> Iterator[Deviation]:
    calls = [one for one in others if one.use.arguments is not None and not one.use.arguments.is_open]
    if mine.is_open or len(calls) < 2:
        return
    for word in sorted({word for one in calls for word in _given(one).keywords}):
        most = max(len(_given(one).positions) for one in calls if word in _given(one).keywords)
        # One who gives more by position than all who name it may give it so.
        if word not in mine.keywords and len(mine.positions) <= most:
            yield from _differs(known, "keyword", calls, partial(_passes, word))
        elif mine.keywords.get(word) is not None:
            yield from _differs(known, "keyword value", calls, partial(_value, word))
    if not any("log" in part for part in known.key.lower().split(".")[:-1]):
        yield from _swapped(known, mine.positions, calls)


def _swapped(known: _Known, mine: Sequence[str], calls: Sequence[_Known]) -> Iterator[Deviation]:
    """Two names that others pass the other way round."""
    single = [name for name in mine if name and mine.count(name) == 1]
    for first, second in combinations(single, 2):

        def at(use: Use, first: str = first, second: str = second) -> str | None:
            given = use.arguments.positions if use.arguments is not None else ()
            if given.count(first) != 1 or given.count(second) != 1:
                return None
            is_first = given.index(first) < given.index(second)
            return f"`{first}` before `{second}`" if is_first else f"`{second}` before `{first}`"

        yield from _differs(known, "order", calls, at)


def _given(known: _Known) -> Arguments:
    return known.use.arguments or Arguments((), {}, True)


def _practice(kind: str, use: Use) -> str | None:
    return use.practices.get(kind)


def _passes(word: str, use: Use) -> str | None:
    given = use.arguments
    return None if given is None else f"passes {word}" if word in given.keywords else f"does not pass {word}"


def _value(word: str, use: Use) -> str | None:
    value = use.arguments.keywords.get(word) if use.arguments is not None else None
    return None if value is None else f"{word}={value}"


def _deviation(
    known: _Known, kind: str, here: str, usual: str, places: Sequence[_Known], others: int
) -> Deviation:
    near = sorted(places, key=lambda one: (-_shared(one.path, known.path), one.path, one.use.line))[:CITED]
    return Deviation(
        kind,
        _short(known.key),
        known.path,
        known.use.line,
        known.use.last,
        here,
        usual,
        len(places),
        others,
        tuple(Citation(one.path, one.use.line) for one in near),
    )


def _short(key: str) -> str:
    """The name as a reader of the code knows it."""
    return key.lstrip("?").removeprefix("builtins.")


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common, one more for the same file."""
    count = 0
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count
