"""Files to a repository: the outline of each, then which file every import means, then what uses what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from octad.budget import current
from octad.records.code import Code
from octad.records.repo import Definition, Import, Module, Repo, Unresolved
from octad.records.skipped import Skipped
from octad.repository.c import C
from octad.repository.go import GO
from octad.repository.java import JAVA
from octad.repository.javascript import SCRIPTS
from octad.repository.language_family import Family, Files
from octad.repository.link import Linker
from octad.repository.outline import Outline, Scope, Wanted
from octad.repository.python_modules import PYTHON
from octad.repository.rust import RUST
from octad.repository.walk import Walk
from octad.syntax.languages import language_of
from octad.syntax.parsed import LONGEST_TEXT, tree_of_file

FAMILIES = (PYTHON, SCRIPTS, JAVA, GO, C, RUST)
_FLAGS = {
    "cut": "too large: its end was not looked through for imports",
    "slow": "took too long to parse, so that its imports are not known",
}
_LINK = "symbolic link"


@dataclass(frozen=True, slots=True)
class _Read:
    """The files of one family."""

    files: Files
    outlines: Mapping[str, Outline]
    paths: frozenset[str]


def repository(codes: Iterable[Code], skipped: Iterable[Skipped] = ()) -> Repo:
    """What the files have to do with one another; files of unknown languages stand alone, none is ever run.

    A skipped file of a known language can be imported all the same: an empty `__init__.py` is a module.
    Raises MissingExtra where the grammar of a language is not installed.
    """
    codes, skipped = tuple(codes), tuple(skipped)
    unread = [one.path for one in skipped if _LINK not in one.reason]
    read = [_read(family, codes, unread) for family in FAMILIES]
    late = [*_late(codes, read)]
    modules = [module for one in read for module in _modules(one)]
    imports, unresolved = _imports(read)
    return Repo(
        codes=codes,
        modules=tuple(sorted(modules, key=lambda module: module.path)),
        imports=tuple(imports),
        unresolved=tuple(unresolved),
        references=tuple(reference for one in read for reference in _linker(one).references()),
        skipped=(*skipped, *_partly(modules), *late),
    )


def outline(code: Code, family: Family) -> Outline:
    """What one file says of itself."""
    cut = code.model_copy(update={"text": code.text[:LONGEST_TEXT]})
    tree = tree_of_file(code.text, code.language)
    if tree is None:
        return Outline(Scope("", "module", 1, code.text.count("\n") + 1), flags=("slow",))
    found = Walk(cut, tree).run(family.handlers)
    if len(code.text) > LONGEST_TEXT or not tree.complete:
        found.flags = ("cut", *found.flags)
    return found


def _read(family: Family, codes: Iterable[Code], unread: Iterable[str]) -> _Read:
    own = [code for code in codes if code.language in family.languages]
    outlines = {code.path: outline(code, family) for code in own if not current().spent()}
    others = (path for path in unread if language_of(path) in family.languages)
    paths = frozenset([*(code.path for code in own), *others])
    return _Read(family.files(paths, outlines), outlines, paths)


def _modules(read: _Read) -> Iterator[Module]:
    for path in read.paths:
        found = read.outlines.get(path)
        yield Module(
            path=path,
            name=read.files.name(path),
            language=language_of(path) if language_of(path) != "unknown" else "python",
            definitions=tuple(_definitions(found)) if found is not None else (),
            flags=found.flags if found is not None else ("unread",),
        )


def _definitions(found: Outline) -> Iterator[Definition]:
    """Functions and classes, nested ones too, and variables at the top, each name once."""
    known: dict[str, Definition] = {}
    for scope in found.scopes:
        known.setdefault(
            scope.name,
            Definition(
                name=scope.name,
                kind="class" if scope.kind == "class" else "function",
                first=scope.first,
                last=scope.last,
            ),
        )
    for name, (first, last) in found.variables.items():
        known.setdefault(name, Definition(name=name, kind="variable", first=first, last=last))
    yield from sorted(known.values(), key=lambda one: (one.first, -one.last, one.name))


def _imports(all_read: Iterable[_Read]) -> tuple[list[Import], list[Unresolved]]:
    """Each import once per line and target, in the order of files and lines."""
    imports: dict[tuple[str, int, str], Import] = {}
    unresolved: dict[tuple[str, int, str], Unresolved] = {}
    for read in all_read:
        for path, found in read.outlines.items():
            for wanted in found.wanted:
                _place(read.files, path, wanted, imports, unresolved)
    return (
        sorted(imports.values(), key=lambda one: (one.source, one.line, one.target)),
        sorted(unresolved.values(), key=lambda one: (one.source, one.line, one.name)),
    )


def _place(
    files: Files,
    path: str,
    wanted: Wanted,
    imports: dict[tuple[str, int, str], Import],
    unresolved: dict[tuple[str, int, str], Unresolved],
) -> None:
    """One import, by whether its file is here."""
    found = files.find(path, wanted)
    if isinstance(found, tuple):
        target = found[0]
        if target != path:
            imports.setdefault(
                (path, wanted.line, target),
                Import(source=path, target=target, line=wanted.line, name=wanted.written, marks=wanted.marks),
            )
        return
    name = wanted.written if found == "missing" else wanted.of_module
    unresolved.setdefault(
        (path, wanted.line, name),
        Unresolved(source=path, line=wanted.line, name=name, reason=found, marks=wanted.marks),
    )


def _linker(read: _Read) -> Linker:
    return Linker(read.outlines, read.files)


def _late(codes: Iterable[Code], read: Iterable[_Read]) -> Iterator[Skipped]:
    """Files that the budget of the run was not enough for."""
    if not current().spent():
        return
    known = {path for one in read for path in one.outlines}
    languages = {language for family in FAMILIES for language in family.languages}
    for code in codes:
        if code.path not in known and code.language in languages:
            yield Skipped(path=code.path, reason=current().unlooked())


def _partly(modules: Iterable[Module]) -> Iterator[Skipped]:
    """Files of which only a part is known."""
    for module in modules:
        for flag in module.flags:
            if flag in _FLAGS:
                yield Skipped(path=module.path, reason=_FLAGS[flag])
