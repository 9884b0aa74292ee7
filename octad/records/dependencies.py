"""What a repository's imports add up to: who imports whom, cycles, and what depends on one module."""

from __future__ import annotations

from octad.records.base import Record
from octad.records.code import Language
from octad.records.repo import Import, Unresolved
from octad.records.report import Report


class Counted(Record):
    """A module, how many others it imports and how many import it; `flags` are those of `Module`."""

    path: str
    name: str
    language: Language
    imports: int
    imported_by: int
    flags: tuple[str, ...] = ()


class Cycle(Record):
    """Modules that all import one another on some way; `imports` are a shortest way round.

    `at_import` says that it holds while modules are loaded; otherwise an import inside a function, or one for
    a type checker only, closes it.
    """

    members: tuple[str, ...]
    imports: tuple[Import, ...]
    at_import: bool


class Step(Record):
    """A module that is so many imports away, and the last import on a shortest way to it."""

    path: str
    steps: int
    via: Import


class About(Record):
    """One module: what it depends on, and what depends on it, nearest first."""

    path: str
    name: str
    dependencies: tuple[Step, ...]
    dependents: tuple[Step, ...]


class Dependencies(Report):
    """The report; paths tell modules apart."""

    modules: tuple[Counted, ...] = ()
    imports: tuple[Import, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    about: About | None = None
