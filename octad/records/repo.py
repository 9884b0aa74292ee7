"""A repository: its files, what each defines, what imports what, and what refers to what.

Every place is a path as reading shows it and a line from 1. An import has a line and a reason to be marked,
which an edge of `records.graph` has no room for; `repository.pictures` makes such a graph of it.
"""

from __future__ import annotations

from typing import Literal

from octad.records.base import Record
from octad.records.code import Code, Language
from octad.records.skipped import Skipped

Mark = Literal["lazy", "type-checking", "conditional", "dynamic", "star"]
Reason = Literal["standard library", "external", "missing", "dynamic"]


class Definition(Record):
    """A function, class or variable that a file defines; `name` is dotted from the file inwards."""

    name: str
    kind: Literal["function", "class", "variable"]
    first: int
    last: int


class Module(Record):
    """A file as others import it; `flags` say why less is known: `unread`, `cut`, `errors`, `slow`."""

    path: str
    name: str
    language: Language
    definitions: tuple[Definition, ...] = ()
    flags: tuple[str, ...] = ()


class Import(Record):
    """File `source` imports file `target` on `line`; `name` is what is written there.

    Marks: `lazy` (inside a function, or for a file that is run itself), `type-checking` (never run),
    `conditional` (in an `if` or a `try`), `dynamic` (a call with a literal name), `star`.
    """

    source: str
    target: str
    line: int
    name: str
    marks: tuple[Mark, ...] = ()


class Unresolved(Record):
    """An import of what is not here: of the standard library, of a package, gone, or known only when run."""

    source: str
    line: int
    name: str
    reason: Reason
    marks: tuple[Mark, ...] = ()


class Reference(Record):
    """On `line` of `source`, inside its definition `within`, definition `name` of file `target` is used."""

    source: str
    line: int
    within: str
    target: str
    name: str
    kind: Literal["call", "read"]


class Repo(Record):
    """All of it; `skipped` are files that were not read, though they may be imported."""

    codes: tuple[Code, ...] = ()
    modules: tuple[Module, ...] = ()
    imports: tuple[Import, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    references: tuple[Reference, ...] = ()
    skipped: tuple[Skipped, ...] = ()
